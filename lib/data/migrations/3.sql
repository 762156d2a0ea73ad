ALTER TABLE study ADD COLUMN keep_rows INTEGER NOT NULL DEFAULT 0 CHECK (keep_rows IN (0, 1));

CREATE TABLE run (
  run TEXT PRIMARY KEY CHECK (run <> ''),
  kind TEXT NOT NULL CHECK (kind IN ('import', 'audit', 'sample')),
  library TEXT NOT NULL,
  parser TEXT NOT NULL,
  unicode TEXT NOT NULL,
  codebook TEXT NOT NULL,
  codebook_sha256 TEXT NOT NULL,
  model TEXT NOT NULL,
  rules TEXT NOT NULL,
  configuration TEXT NOT NULL CHECK (configuration GLOB '{*}'),
  seed INTEGER
) STRICT, WITHOUT ROWID;

-- Of the run of an older file only library and Unicode were kept, and the codebook of all.
INSERT INTO run
SELECT DISTINCT 'schema-2/' || library || '/' || unicode, 'import', library, '', unicode,
  coalesce(c.id || '/' || c.version, ''), coalesce(c.sha256, ''), coalesce(c.model, ''), '', '{}',
  NULL
FROM export_file LEFT JOIN codebook c ON c.codebook_id = 1;

CREATE TABLE export_file_3 (
  group_id INTEGER NOT NULL REFERENCES study_group,
  first_day TEXT NOT NULL CHECK (first_day IS date(first_day, '+0 days')),
  last_day TEXT NOT NULL CHECK (last_day IS date(last_day, '+0 days') AND last_day >= first_day),
  sha256 TEXT NOT NULL UNIQUE CHECK (sha256 <> ''),
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  records INTEGER NOT NULL CHECK (records > 0),
  human_records INTEGER NOT NULL CHECK (human_records BETWEEN 0 AND records),
  first_time TEXT NOT NULL CHECK (first_time IS strftime('%Y-%m-%dT%H:%M:%S', first_time, '+0 days')),
  last_time TEXT NOT NULL CHECK (last_time IS strftime('%Y-%m-%dT%H:%M:%S', last_time, '+0 days')
                                 AND last_time >= first_time),
  platform TEXT NOT NULL CHECK (platform IN ('unknown', 'android', 'ios')),
  terminator TEXT NOT NULL CHECK (terminator IN ('unknown', 'lf', 'crlf')),
  resolution TEXT NOT NULL CHECK (resolution IN ('second', 'minute')),
  header TEXT NOT NULL,
  date_order TEXT NOT NULL CHECK (date_order IN ('dmy', 'mdy', 'ymd')),
  date_order_certain INTEGER NOT NULL CHECK (date_order_certain IN (0, 1)),
  date_order_line INTEGER NOT NULL CHECK (date_order_line >= 0),
  preamble_lines INTEGER NOT NULL CHECK (preamble_lines >= 0),
  from_start INTEGER CHECK (from_start IN (0, 1)),
  run TEXT NOT NULL REFERENCES run,
  PRIMARY KEY (group_id, first_day)
) STRICT, WITHOUT ROWID;
INSERT INTO export_file_3
SELECT group_id, first_day, last_day, sha256, bytes, records, human_records, first_time, last_time,
  platform, terminator, resolution, header, date_order, date_order_certain, date_order_line,
  preamble_lines, NULL, 'schema-2/' || library || '/' || unicode
FROM export_file;
DROP TABLE export_file;
ALTER TABLE export_file_3 RENAME TO export_file;

CREATE TABLE silence (
  group_id INTEGER NOT NULL,
  file_first_day TEXT NOT NULL,
  last_time TEXT NOT NULL CHECK (last_time IS strftime('%Y-%m-%dT%H:%M:%S', last_time, '+0 days')),
  days INTEGER NOT NULL CHECK (days > 0),
  PRIMARY KEY (group_id, file_first_day, last_time),
  FOREIGN KEY (group_id, file_first_day) REFERENCES export_file ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
  message_id INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  line INTEGER NOT NULL,
  pseudonym TEXT NOT NULL,
  role INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  media INTEGER NOT NULL,
  label_id INTEGER,
  attributes INTEGER NOT NULL,
  incident_id INTEGER,
  flags INTEGER NOT NULL
) STRICT;
CREATE TRIGGER message_of_day AFTER DELETE ON observed_day BEGIN
  DELETE FROM message WHERE message_id BETWEEN
    (OLD.group_id << 40) + (strftime('%s', OLD.day) / 86400 << 20) AND
    (OLD.group_id << 40) + (strftime('%s', OLD.day) / 86400 << 20) + 1048575;
END;

CREATE TABLE finding (
  group_id INTEGER NOT NULL,
  file_first_day TEXT NOT NULL,
  position INTEGER NOT NULL CHECK (position >= 0),
  rule TEXT NOT NULL CHECK (rule <> ''),
  detail TEXT NOT NULL,
  time TEXT NOT NULL CHECK (time IS strftime('%Y-%m-%dT%H:%M:%S', time, '+0 days')),
  line INTEGER NOT NULL CHECK (line > 0),
  incident_id INTEGER,
  confidence REAL CHECK (confidence BETWEEN 0 AND 1),
  run TEXT NOT NULL REFERENCES run,
  PRIMARY KEY (group_id, file_first_day, position),
  FOREIGN KEY (group_id, file_first_day) REFERENCES export_file ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE finding_message (
  group_id INTEGER NOT NULL,
  file_first_day TEXT NOT NULL,
  position INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  PRIMARY KEY (group_id, file_first_day, position, message_id),
  FOREIGN KEY (group_id, file_first_day, position) REFERENCES finding ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE sample (
  sample TEXT PRIMARY KEY CHECK (sample <> ''),
  purpose TEXT NOT NULL CHECK (purpose IN ('training', 'reliability', 'gold')),
  run TEXT NOT NULL REFERENCES run
) STRICT, WITHOUT ROWID;

CREATE TABLE sample_message (
  sample TEXT NOT NULL REFERENCES sample ON DELETE CASCADE,
  message_id INTEGER NOT NULL,
  position INTEGER NOT NULL CHECK (position >= 0),
  stratum TEXT NOT NULL,
  probability REAL NOT NULL CHECK (probability > 0 AND probability <= 1),
  PRIMARY KEY (sample, message_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE coding (
  sample TEXT NOT NULL,
  message_id INTEGER NOT NULL,
  coder TEXT NOT NULL CHECK (coder GLOB 'P-*' AND length(coder) = 18),
  label_id INTEGER NOT NULL REFERENCES label,
  coded_at TEXT NOT NULL CHECK (coded_at IS strftime('%Y-%m-%dT%H:%M:%S', coded_at, '+0 days')),
  PRIMARY KEY (sample, message_id, coder),
  FOREIGN KEY (sample, message_id) REFERENCES sample_message ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
