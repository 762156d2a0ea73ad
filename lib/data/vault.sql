-- The vault: the words of messages, for who asks to keep them, in a file of its own beside
-- the study database. Known by export and message: text_id is (export_id << 40) + the lower
-- 40 bits of message_id.
PRAGMA application_id = 1162892849; -- 'EPV1'
PRAGMA user_version = 1;

CREATE TABLE vault (
  vault_id INTEGER PRIMARY KEY CHECK (vault_id = 1),
  study TEXT NOT NULL,
  key_check TEXT NOT NULL
) STRICT;

CREATE TABLE export (
  export_id INTEGER PRIMARY KEY CHECK (export_id BETWEEN 1 AND 4194303),
  sha256 TEXT NOT NULL UNIQUE,
  group_key TEXT NOT NULL
) STRICT;

CREATE TABLE text (
  text_id INTEGER PRIMARY KEY,
  text TEXT NOT NULL
) STRICT;

CREATE VIEW v_text AS
SELECT e.group_key, date((t.text_id >> 20 & 1048575) * 86400, 'unixepoch') AS day,
  t.text_id & 1048575 AS place, t.text, e.sha256
FROM text t JOIN export e ON e.export_id = t.text_id >> 40;

CREATE TABLE codebook_column (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  meaning_nl TEXT NOT NULL CHECK (meaning_nl <> ''),
  meaning_en TEXT NOT NULL CHECK (meaning_en <> ''),
  PRIMARY KEY (table_name, column_name)
) STRICT, WITHOUT ROWID;
INSERT INTO codebook_column VALUES
  ('vault', 'vault_id', 'altijd 1', 'always 1'),
  ('vault', 'study', 'sleutel van de studie waar de kluis bij hoort', 'key of the study that the vault belongs to'),
  ('vault', 'key_check', 'zoals in de tabel study van de studie', 'as in the table study of the study'),
  ('export', 'export_id', 'nummer van de export in deze kluis', 'number of the export in this vault'),
  ('export', 'sha256', 'SHA-256 van de chattekst, zoals in export_file van de studie', 'SHA-256 of the chat text, as in export_file of the study'),
  ('export', 'group_key', 'sleutel van de groep, zoals in study.json', 'key of the group, as in study.json'),
  ('text', 'text_id', '(export_id << 40) + de laagste 40 bits van message_id', '(export_id << 40) + the lower 40 bits of message_id'),
  ('text', 'text', 'wat de schrijver schreef', 'what the author wrote'),
  ('v_text', 'group_key', 'sleutel van de groep, zoals in study.json', 'key of the group, as in study.json'),
  ('v_text', 'day', 'kalenderdag, zoals in v_message', 'calendar day, as in v_message'),
  ('v_text', 'place', 'plaats onder de berichten van mensen op die dag, zoals in v_message', 'place among the messages by people of that day, as in v_message'),
  ('v_text', 'text', 'wat de schrijver schreef', 'what the author wrote'),
  ('v_text', 'sha256', 'SHA-256 van de chattekst', 'SHA-256 of the chat text'),
  ('codebook_column', 'table_name', 'naam van de tabel of view', 'name of the table or view'),
  ('codebook_column', 'column_name', 'naam van de kolom', 'name of the column'),
  ('codebook_column', 'meaning_nl', 'betekenis in het Nederlands', 'meaning in Dutch'),
  ('codebook_column', 'meaning_en', 'betekenis in het Engels', 'meaning in English');
