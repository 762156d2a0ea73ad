-- The study database of etherpeil: counts, event lists and messages as numbers, no
-- texts, no names.
-- Needs SQLite 3.37 or later (STRICT). The table codebook_column explains every
-- column of every table and view.
--
-- There are no made-up numbers for files, days or people: a file is known by its
-- group and first day, a person by a pseudonym. So the same exports give the same
-- content in whatever order they came. Key columns stand first, because SQLite
-- 3.40.0 to 3.41.0 misreads WITHOUT ROWID tables in integrity_check otherwise.
--
-- A message is known by group, day and its place among the messages by people of
-- that day, packed into message_id: (group_id << 40) + (days since 1970 << 20) + place.
PRAGMA application_id = 1162890289; -- 'EPL1'
PRAGMA user_version = 5;

-- ---------------------------------------------------------------- study design
CREATE TABLE study (
  study_id INTEGER PRIMARY KEY CHECK (study_id = 1),
  key TEXT NOT NULL CHECK (key <> ''),
  title TEXT NOT NULL,
  time_zone TEXT NOT NULL CHECK (time_zone <> ''),
  key_check TEXT NOT NULL CHECK (key_check GLOB 'P-*' AND length(key_check) = 18),
  keep_until TEXT CHECK (keep_until IS date(keep_until, '+0 days')),
  keep_rows INTEGER NOT NULL DEFAULT 0 CHECK (keep_rows IN (0, 1))
) STRICT;

CREATE TABLE study_group (
  group_id INTEGER PRIMARY KEY CHECK (group_id >= 0),
  key TEXT NOT NULL UNIQUE CHECK (key <> ''),
  name TEXT NOT NULL,
  arm TEXT NOT NULL,
  governance TEXT NOT NULL,
  regime TEXT NOT NULL CHECK (regime IN ('', 'alarm', 'gemengd')),
  area_code TEXT NOT NULL,
  households INTEGER CHECK (households > 0),
  members INTEGER CHECK (members > 0)
) STRICT;

CREATE TABLE intervention (
  group_id INTEGER NOT NULL REFERENCES study_group,
  start_day TEXT NOT NULL CHECK (start_day IS date(start_day, '+0 days')),
  key TEXT NOT NULL CHECK (key <> ''),
  title TEXT NOT NULL,
  end_day TEXT CHECK (end_day IS date(end_day, '+0 days') AND end_day >= start_day),
  PRIMARY KEY (group_id, start_day, key),
  UNIQUE (group_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE role_assignment (
  group_id INTEGER NOT NULL REFERENCES study_group,
  position INTEGER NOT NULL CHECK (position >= 0),
  pseudonym TEXT NOT NULL CHECK (pseudonym GLOB 'P-*' AND length(pseudonym) = 18),
  role TEXT NOT NULL CHECK (role IN ('onbekend', 'bewoner', 'beheerder', 'politie',
                                     'gemeente', 'ondernemer', 'zorg')),
  from_day TEXT CHECK (from_day IS date(from_day, '+0 days')),
  to_day TEXT CHECK (to_day IS date(to_day, '+0 days')
                     AND (from_day IS NULL OR to_day >= from_day)),
  PRIMARY KEY (group_id, position)
) STRICT, WITHOUT ROWID;

-- -------------------------------------------------------------------- codebook
CREATE TABLE codebook (
  codebook_id INTEGER PRIMARY KEY CHECK (codebook_id = 1),
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  model TEXT NOT NULL
) STRICT;

CREATE TABLE label (
  label_id INTEGER PRIMARY KEY CHECK (label_id BETWEEN 0 AND 15),
  key TEXT NOT NULL UNIQUE CHECK (key <> ''),
  name_nl TEXT NOT NULL,
  name_en TEXT NOT NULL,
  function TEXT NOT NULL CHECK (function IN (
    'report', 'outcome', 'addition', 'question', 'moderation', 'advice', 'lost', 'offtopic',
    'social', 'reaction', 'undetermined')),
  safety INTEGER NOT NULL CHECK (safety IN (0, 1))
) STRICT;

CREATE TABLE attribute (
  attribute_id INTEGER PRIMARY KEY CHECK (attribute_id BETWEEN 0 AND 63),
  key TEXT NOT NULL UNIQUE CHECK (key <> ''),
  name_nl TEXT NOT NULL,
  name_en TEXT NOT NULL,
  attribute_group TEXT NOT NULL,
  slot TEXT NOT NULL CHECK (slot IN ('none', 'where', 'what', 'who', 'when', 'police',
                                     'request'))
) STRICT;

-- ------------------------------------------------------------------ provenance
-- What rows were made with, known by a hash of it: no number, no date. What hangs
-- below an export leads to its run over export_file.
CREATE TABLE run (
  run TEXT PRIMARY KEY CHECK (run <> ''),
  kind TEXT NOT NULL CHECK (kind IN ('import', 'audit', 'sample', 'compare')),
  library TEXT NOT NULL,
  parser TEXT NOT NULL,
  unicode TEXT NOT NULL,
  codebook TEXT NOT NULL,
  codebook_sha256 TEXT NOT NULL,
  model TEXT NOT NULL,
  rules TEXT NOT NULL,
  configuration TEXT NOT NULL CHECK (configuration GLOB '{*}'),
  study_sha256 TEXT NOT NULL,
  seed INTEGER
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------- exports, day by day
CREATE TABLE export_file (
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

-- Every text that an export shows: its own, what it was merged from, and earlier exports
-- that it replaced. So the same text is known at once.
CREATE TABLE export_text (
  sha256 TEXT PRIMARY KEY CHECK (sha256 <> ''),
  group_id INTEGER NOT NULL,
  file_first_day TEXT NOT NULL,
  FOREIGN KEY (group_id, file_first_day) REFERENCES export_file ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- A day belongs to one file: the key makes overlapping exports impossible. What
-- hangs below a day goes when its file goes.
CREATE TABLE observed_day (
  group_id INTEGER NOT NULL,
  day TEXT NOT NULL CHECK (day IS date(day, '+0 days')),
  file_first_day TEXT NOT NULL,
  fingerprint INTEGER,
  mark INTEGER,
  PRIMARY KEY (group_id, day),
  FOREIGN KEY (group_id, file_first_day) REFERENCES export_file ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX observed_day_of_file ON observed_day (group_id, file_first_day);

-- Long silences in an export: perhaps nobody wrote, perhaps messages are missing.
CREATE TABLE silence (
  group_id INTEGER NOT NULL,
  file_first_day TEXT NOT NULL,
  last_time TEXT NOT NULL CHECK (last_time IS strftime('%Y-%m-%dT%H:%M:%S', last_time, '+0 days')),
  days INTEGER NOT NULL CHECK (days > 0),
  PRIMARY KEY (group_id, file_first_day, last_time),
  FOREIGN KEY (group_id, file_first_day) REFERENCES export_file ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE diagnostic (
  group_id INTEGER NOT NULL,
  file_first_day TEXT NOT NULL,
  code TEXT NOT NULL CHECK (code <> ''),
  severity TEXT NOT NULL CHECK (severity IN ('info', 'warning')),
  times INTEGER NOT NULL CHECK (times > 0),
  first_line INTEGER NOT NULL CHECK (first_line >= 0),
  PRIMARY KEY (group_id, file_first_day, code, severity),
  FOREIGN KEY (group_id, file_first_day) REFERENCES export_file ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE day_label (
  group_id INTEGER NOT NULL,
  day TEXT NOT NULL,
  label_id INTEGER NOT NULL REFERENCES label,
  messages INTEGER NOT NULL CHECK (messages > 0),
  night INTEGER NOT NULL CHECK (night BETWEEN 0 AND messages),
  in_incident INTEGER NOT NULL CHECK (in_incident BETWEEN 0 AND messages),
  night_in_incident INTEGER NOT NULL CHECK (night_in_incident BETWEEN 0 AND min(night, in_incident)),
  abstained INTEGER NOT NULL CHECK (abstained BETWEEN 0 AND messages),
  PRIMARY KEY (group_id, day, label_id),
  FOREIGN KEY (group_id, day) REFERENCES observed_day ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE day_attribute (
  group_id INTEGER NOT NULL,
  day TEXT NOT NULL,
  attribute_id INTEGER NOT NULL REFERENCES attribute,
  messages INTEGER NOT NULL CHECK (messages > 0),
  PRIMARY KEY (group_id, day, attribute_id),
  FOREIGN KEY (group_id, day) REFERENCES observed_day ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE member_day (
  group_id INTEGER NOT NULL,
  day TEXT NOT NULL,
  pseudonym TEXT NOT NULL CHECK (pseudonym GLOB 'P-*' AND length(pseudonym) = 18),
  role TEXT NOT NULL CHECK (role IN ('onbekend', 'bewoner', 'beheerder', 'politie',
                                     'gemeente', 'ondernemer', 'zorg')),
  messages INTEGER NOT NULL CHECK (messages > 0),
  PRIMARY KEY (group_id, day, pseudonym),
  FOREIGN KEY (group_id, day) REFERENCES observed_day ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Pseudonyms of the names that a person has in other phones, as merging tells: whoever
-- asks to be erased may give any of them.
CREATE TABLE other_name (
  group_id INTEGER NOT NULL REFERENCES study_group,
  pseudonym TEXT NOT NULL CHECK (pseudonym GLOB 'P-*' AND length(pseudonym) = 18),
  other TEXT NOT NULL CHECK (other GLOB 'P-*' AND length(other) = 18 AND other <> pseudonym),
  PRIMARY KEY (group_id, pseudonym, other)
) STRICT, WITHOUT ROWID;

-- Lines of the list of consent that fitted a writer of some export: those that never did
-- are likely misspelt. No pseudonyms, so that nothing ties who is nobody to a line.
CREATE TABLE consent_match (
  line INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE incident (
  group_id INTEGER NOT NULL,
  day TEXT NOT NULL,
  line INTEGER NOT NULL CHECK (line > 0),
  time TEXT NOT NULL CHECK (time IS strftime('%Y-%m-%dT%H:%M:%S', time, '+0 days')
                            AND substr(time, 1, 10) = day),
  label_id INTEGER NOT NULL REFERENCES label,
  reporter TEXT NOT NULL,
  messages INTEGER NOT NULL CHECK (messages > 0),
  participants INTEGER NOT NULL CHECK (participants >= 0),
  slots INTEGER NOT NULL CHECK (slots BETWEEN 0 AND 127),
  root_attributes INTEGER NOT NULL,
  attributes INTEGER NOT NULL,
  reply INTEGER CHECK (reply >= 0),
  substantive INTEGER CHECK (substantive >= 0),
  professional INTEGER CHECK (professional >= 0),
  outcome INTEGER CHECK (outcome >= 0),
  followed INTEGER NOT NULL CHECK (followed >= 0),
  until_end INTEGER NOT NULL CHECK (until_end >= 0),
  uncertain INTEGER NOT NULL CHECK (uncertain IN (0, 1)),
  PRIMARY KEY (group_id, day, line),
  FOREIGN KEY (group_id, day, reporter) REFERENCES member_day ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE membership (
  group_id INTEGER NOT NULL,
  day TEXT NOT NULL,
  line INTEGER NOT NULL CHECK (line > 0),
  time TEXT NOT NULL CHECK (time IS strftime('%Y-%m-%dT%H:%M:%S', time, '+0 days')
                            AND substr(time, 1, 10) = day),
  event TEXT NOT NULL CHECK (event IN ('member_added', 'member_joined', 'member_left',
                                       'member_removed')),
  people INTEGER NOT NULL CHECK (people > 0),
  wrote INTEGER CHECK (wrote BETWEEN 0 AND people),
  until_end INTEGER NOT NULL CHECK (until_end >= 0),
  PRIMARY KEY (group_id, day, line),
  FOREIGN KEY (group_id, day) REFERENCES observed_day ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Every message by a person on a covered day, as numbers: lib/data/README.md gives
-- the bytes. The counts above follow from these; what they lack is derived from here.
CREATE TABLE segment (
  group_id INTEGER NOT NULL,
  file_first_day TEXT NOT NULL,
  month TEXT NOT NULL CHECK (month || '-01' IS date(month || '-01', '+0 days')),
  messages INTEGER NOT NULL CHECK (messages > 0),
  people TEXT NOT NULL CHECK (people GLOB 'P-*' AND length(people) % 19 = 18),
  columns BLOB NOT NULL CHECK (length(columns) >= messages),
  PRIMARY KEY (group_id, file_first_day, month),
  FOREIGN KEY (group_id, file_first_day) REFERENCES export_file ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- One row per message, for who asks for it (study.keep_rows): all of `segment`, spelled
-- out. No foreign key, which would cost more than the row; the trigger does its work.
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

-- ------------------------------------------- what audits saw and people coded
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

-- The exports that an audit or a comparison read, as they were then, and the runs that
-- had read them: when they are others now, what it found is stale (v_run).
CREATE TABLE run_export (
  run TEXT NOT NULL REFERENCES run,
  group_id INTEGER NOT NULL REFERENCES study_group,
  first_day TEXT NOT NULL CHECK (first_day IS date(first_day, '+0 days')),
  last_day TEXT NOT NULL CHECK (last_day IS date(last_day, '+0 days') AND last_day >= first_day),
  sha256 TEXT NOT NULL CHECK (sha256 <> ''),
  import_run TEXT NOT NULL REFERENCES run (run),
  PRIMARY KEY (run, group_id, first_day)
) STRICT, WITHOUT ROWID;

-- Comparisons that somebody wanted to keep: where a figure of a paper came from.
CREATE TABLE comparison (
  run TEXT PRIMARY KEY REFERENCES run,
  outcome TEXT NOT NULL CHECK (outcome <> ''),
  effect TEXT NOT NULL CHECK (effect IN ('ratio', 'difference')),
  rising INTEGER NOT NULL CHECK (rising >= 0),
  falling INTEGER NOT NULL CHECK (falling >= 0),
  clear INTEGER NOT NULL CHECK (clear >= 0),
  min_attainable_p REAL CHECK (min_attainable_p BETWEEN 0 AND 1),
  cautions TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE comparison_group (
  run TEXT NOT NULL REFERENCES comparison ON DELETE CASCADE,
  group_id INTEGER NOT NULL REFERENCES study_group,
  start_day TEXT CHECK (start_day IS date(start_day, '+0 days')),
  before_first TEXT CHECK (before_first IS date(before_first, '+0 days')),
  before_last TEXT CHECK (before_last IS date(before_last, '+0 days')
                          AND before_last >= before_first),
  before_days INTEGER NOT NULL CHECK (before_days >= 0),
  before_numerator REAL,
  before_denominator REAL,
  before_value REAL,
  after_first TEXT CHECK (after_first IS date(after_first, '+0 days')),
  after_last TEXT CHECK (after_last IS date(after_last, '+0 days')
                         AND after_last >= after_first),
  after_days INTEGER NOT NULL CHECK (after_days >= 0),
  after_numerator REAL,
  after_denominator REAL,
  after_value REAL,
  estimate REAL,
  low REAL,
  high REAL CHECK (high >= low),
  dispersion REAL NOT NULL CHECK (dispersion >= 1),
  method TEXT NOT NULL,
  notes TEXT NOT NULL,
  PRIMARY KEY (run, group_id)
) STRICT, WITHOUT ROWID;

-- Codings outlive an export that a later one replaces, for days with the same words.
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

-- -------------------------------------------------------------------- derived
-- From here on everything follows from the tables above or from data of the library
-- (lib/data/calendar_nl.sql); a migration makes it anew.
CREATE TABLE calendar_period (
  kind TEXT NOT NULL CHECK (kind IN ('holiday', 'school', 'corona', 'curfew', 'fireworks_ban')),
  first_day TEXT NOT NULL CHECK (first_day IS date(first_day, '+0 days')),
  region TEXT NOT NULL CHECK (region IN ('', 'noord', 'midden', 'zuid')),
  last_day TEXT NOT NULL CHECK (last_day IS date(last_day, '+0 days') AND last_day >= first_day),
  name_nl TEXT NOT NULL CHECK (name_nl <> ''),
  name_en TEXT NOT NULL CHECK (name_en <> ''),
  PRIMARY KEY (kind, first_day, region)
) STRICT, WITHOUT ROWID;

CREATE TABLE calendar (
  day TEXT PRIMARY KEY CHECK (day IS date(day, '+0 days')),
  iso_year INTEGER NOT NULL,
  iso_week INTEGER NOT NULL CHECK (iso_week BETWEEN 1 AND 53),
  weekday INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  hours INTEGER NOT NULL CHECK (hours IN (23, 24, 25)),
  new_year INTEGER NOT NULL CHECK (new_year IN (0, 1)),
  holiday TEXT,
  school_noord TEXT,
  school_midden TEXT,
  school_zuid TEXT,
  corona TEXT,
  curfew INTEGER NOT NULL DEFAULT 0 CHECK (curfew IN (0, 1)),
  fireworks_ban INTEGER NOT NULL DEFAULT 0 CHECK (fireworks_ban IN (0, 1))
) STRICT, WITHOUT ROWID;

-- ----------------------------------------------------------- views for analysts
CREATE VIEW v_day AS
WITH labels AS (
  SELECT d.group_id, d.day,
    sum(d.messages) AS coded, sum(d.night) AS night, sum(d.in_incident) AS in_incident,
    sum(d.abstained) AS abstained,
    sum(iif(l.function = 'report', d.messages, 0)) AS report,
    sum(iif(l.safety = 1, d.messages, 0)) AS safety,
    sum(iif(l.function = 'outcome', d.messages, 0)) AS outcome,
    sum(iif(l.function = 'addition', d.messages, 0)) AS addition,
    sum(iif(l.function = 'question', d.messages, 0)) AS question,
    sum(iif(l.function = 'moderation', d.messages, 0)) AS moderation,
    sum(iif(l.function = 'offtopic', d.messages, 0)) AS offtopic
  FROM day_label d JOIN label l USING (label_id) GROUP BY d.group_id, d.day),
members AS (
  SELECT group_id, day, sum(messages) AS messages, count(*) AS active
  FROM member_day GROUP BY group_id, day),
incidents AS (
  SELECT group_id, day, count(*) AS incidents FROM incident GROUP BY group_id, day),
moves AS (
  SELECT group_id, day,
    sum(iif(event IN ('member_added', 'member_joined'), people, 0)) AS joined,
    sum(iif(event IN ('member_left', 'member_removed'), people, 0)) AS gone
  FROM membership GROUP BY group_id, day)
SELECT g.key AS group_key, g.arm, g.governance, g.regime, o.day,
  CASE WHEN o.day < (SELECT min(start_day) FROM intervention i WHERE i.group_id = g.group_id)
       THEN 'before'
       WHEN EXISTS (SELECT 1 FROM intervention i WHERE i.group_id = g.group_id) THEN 'after'
  END AS phase,
  coalesce(m.messages, 0) AS messages, coalesce(m.active, 0) AS active_members,
  coalesce(l.coded, 0) AS coded_messages, coalesce(l.abstained, 0) AS abstained_messages,
  coalesce(l.night, 0) AS night_messages, coalesce(l.in_incident, 0) AS incident_messages,
  coalesce(l.report, 0) AS report_messages, coalesce(l.safety, 0) AS safety_messages,
  coalesce(l.outcome, 0) AS outcome_messages, coalesce(l.addition, 0) AS addition_messages,
  coalesce(l.question, 0) AS question_messages,
  coalesce(l.moderation, 0) AS moderation_messages,
  coalesce(l.offtopic, 0) AS offtopic_messages, coalesce(i.incidents, 0) AS incidents,
  coalesce(v.joined, 0) AS joined_members, coalesce(v.gone, 0) AS left_members,
  c.iso_year, c.iso_week, c.weekday, c.hours, c.new_year, c.holiday, c.school_noord,
  c.school_midden, c.school_zuid, c.corona, c.curfew, c.fireworks_ban
FROM observed_day o JOIN study_group g USING (group_id)
LEFT JOIN calendar c ON c.day = o.day
LEFT JOIN labels l ON l.group_id = o.group_id AND l.day = o.day
LEFT JOIN members m ON m.group_id = o.group_id AND m.day = o.day
LEFT JOIN incidents i ON i.group_id = o.group_id AND i.day = o.day
LEFT JOIN moves v ON v.group_id = o.group_id AND v.day = o.day;

CREATE VIEW v_month AS
SELECT d.group_key, d.arm, d.governance, d.regime, substr(d.day, 1, 7) AS month,
  count(*) AS days_observed, sum(d.messages) AS messages,
  (SELECT count(DISTINCT pseudonym) FROM member_day m JOIN study_group g USING (group_id)
   WHERE g.key = d.group_key AND substr(m.day, 1, 7) = substr(d.day, 1, 7)) AS active_members,
  sum(d.coded_messages) AS coded_messages, sum(d.abstained_messages) AS abstained_messages,
  sum(d.night_messages) AS night_messages, sum(d.incident_messages) AS incident_messages,
  sum(d.report_messages) AS report_messages, sum(d.safety_messages) AS safety_messages,
  sum(d.outcome_messages) AS outcome_messages, sum(d.addition_messages) AS addition_messages,
  sum(d.question_messages) AS question_messages,
  sum(d.moderation_messages) AS moderation_messages,
  sum(d.offtopic_messages) AS offtopic_messages, sum(d.incidents) AS incidents,
  sum(d.joined_members) AS joined_members, sum(d.left_members) AS left_members
FROM v_day d GROUP BY d.group_key, substr(d.day, 1, 7);

CREATE VIEW v_incident AS
SELECT g.key AS group_key, g.arm, g.governance, g.regime, i.time, l.key AS label,
  l.name_nl AS label_nl, l.name_en AS label_en, m.role AS reporter_role, i.messages,
  i.participants, i.slots >> 1 & 1 AS slot_where, i.slots >> 2 & 1 AS slot_what,
  i.slots >> 3 & 1 AS slot_who, i.slots >> 4 & 1 AS slot_when,
  i.slots >> 5 & 1 AS slot_police, i.slots >> 6 & 1 AS slot_request,
  (SELECT group_concat(a.key, ' ') FROM (SELECT key, attribute_id FROM attribute
   ORDER BY attribute_id) a WHERE i.attributes >> a.attribute_id & 1) AS attributes,
  i.reply AS reply_seconds, i.substantive AS substantive_seconds,
  i.professional AS professional_seconds, i.outcome AS outcome_seconds,
  i.followed AS followed_seconds, i.until_end AS until_end_seconds, i.uncertain
FROM incident i JOIN study_group g USING (group_id) JOIN label l USING (label_id)
JOIN member_day m ON m.group_id = i.group_id AND m.day = i.day AND m.pseudonym = i.reporter;

CREATE VIEW v_file AS
SELECT g.key AS group_key, f.first_day, f.last_day, f.first_time, f.last_time, f.records,
  f.human_records, f.bytes, f.platform, f.header, f.date_order, f.date_order_certain,
  (SELECT coalesce(sum(d.times), 0) FROM diagnostic d WHERE d.group_id = f.group_id
   AND d.file_first_day = f.first_day AND d.severity = 'warning') AS warnings,
  c.id AS codebook, c.version AS codebook_version, c.model, r.library, f.sha256, f.run
FROM export_file f JOIN study_group g USING (group_id) JOIN run r ON r.run = f.run
CROSS JOIN codebook c;

CREATE VIEW v_week AS
SELECT group_key, arm, governance, regime, iso_year, iso_week, min(day) AS first_day,
  count(*) AS days_observed, sum(hours) AS hours_observed, sum(messages) AS messages,
  sum(coded_messages) AS coded_messages, sum(report_messages) AS report_messages,
  sum(safety_messages) AS safety_messages, sum(outcome_messages) AS outcome_messages,
  sum(offtopic_messages) AS offtopic_messages, sum(incidents) AS incidents,
  min(phase) AS phase, min(phase) <> max(phase) AS straddles_start,
  max(new_year) AS new_year, max(holiday) AS holiday, max(corona) AS corona,
  max(curfew) AS curfew
FROM v_day WHERE iso_week IS NOT NULL GROUP BY group_key, iso_year, iso_week;

-- Days that an export covers in full; days that it shows in part; days between two exports
-- that none covers; what lies before an export that does not begin with the group.
CREATE VIEW v_coverage AS
WITH span AS (
  SELECT group_id, first_day, last_day, date(first_time) AS from_day,
    date(last_time) AS to_day, from_start,
    lag(last_day) OVER later AS before_day,
    lag(max(last_day, date(last_time))) OVER later AS before_seen
  FROM export_file WINDOW later AS (PARTITION BY group_id ORDER BY first_day)),
stretch (group_id, first_day, last_day, state) AS (
  SELECT group_id, first_day, last_day, 'observed' FROM span
  UNION ALL
  SELECT group_id, max(from_day, coalesce(date(before_day, '+1 day'), from_day)),
    date(first_day, '-1 day'), 'partial' FROM span
  WHERE from_day < first_day AND coalesce(date(before_day, '+1 day') < first_day, 1)
  UNION ALL
  SELECT s.group_id, date(s.last_day, '+1 day'), s.to_day, 'partial' FROM span s
  WHERE s.to_day > s.last_day AND NOT EXISTS (SELECT 1 FROM span n
    WHERE n.group_id = s.group_id AND n.first_day > s.last_day
    AND min(n.from_day, n.first_day) <= s.to_day)
  UNION ALL
  SELECT group_id, date(before_seen, '+1 day'), date(min(from_day, first_day), '-1 day'), 'gap'
  FROM span WHERE date(before_seen, '+1 day') < min(from_day, first_day)
  UNION ALL
  SELECT group_id, NULL, date(min(from_day, first_day), '-1 day'), 'truncated' FROM span
  WHERE before_day IS NULL AND from_start = 0
  UNION ALL
  SELECT group_id, date(last_time, '+1 day'),
    date(last_time, '+' || max(days - 1, 1) || ' days'), 'silence' FROM silence)
SELECT g.key AS group_key, s.first_day, s.last_day, s.state,
  CAST(julianday(s.last_day) - julianday(s.first_day) + 1 AS INTEGER) AS days
FROM stretch s JOIN study_group g USING (group_id)
ORDER BY s.group_id, s.last_day;

CREATE VIEW v_message AS
SELECT g.key AS group_key, date((m.message_id >> 20 & 1048575) * 86400, 'unixepoch') AS day,
  m.message_id & 1048575 AS place, strftime('%Y-%m-%dT%H:%M:%S', m.time, 'unixepoch') AS time,
  m.line, m.pseudonym,
  CASE m.role WHEN 1 THEN 'bewoner' WHEN 2 THEN 'beheerder' WHEN 3 THEN 'politie'
    WHEN 4 THEN 'gemeente' WHEN 5 THEN 'ondernemer' WHEN 6 THEN 'zorg'
    ELSE 'onbekend' END AS role,
  CASE m.kind WHEN 0 THEN 'text' WHEN 1 THEN 'media' WHEN 2 THEN 'deleted'
    WHEN 4 THEN 'call' WHEN 5 THEN 'location' WHEN 6 THEN 'contact' WHEN 7 THEN 'poll'
    WHEN 8 THEN 'event' WHEN 9 THEN 'view_once' WHEN 10 THEN 'waiting' WHEN 11 THEN 'empty'
    ELSE 'unknown' END AS kind,
  CASE m.media WHEN 1 THEN 'image' WHEN 2 THEN 'video' WHEN 3 THEN 'audio' WHEN 4 THEN 'voice'
    WHEN 5 THEN 'gif' WHEN 6 THEN 'sticker' WHEN 7 THEN 'document' WHEN 8 THEN 'contact'
    WHEN 9 THEN 'unknown' END AS media,
  l.key AS label, l.name_nl AS label_nl, l.name_en AS label_en,
  (SELECT group_concat(a.key, ' ') FROM (SELECT key, attribute_id FROM attribute
   ORDER BY attribute_id) a WHERE m.attributes >> a.attribute_id & 1) AS attributes,
  m.flags & 1 AS abstained, m.flags >> 1 & 1 AS is_root, m.flags >> 2 & 1 AS in_incident,
  m.flags >> 3 & 1 AS repeats, m.flags >> 4 & 1 AS edited, m.flags >> 5 & 1 AS multiline,
  m.flags >> 6 & 1 AS minute, m.flags >> 7 & 1 AS omitted, m.flags >> 8 & 1 AS guessed,
  m.message_id, m.incident_id
FROM message m JOIN study_group g ON g.group_id = m.message_id >> 40
LEFT JOIN label l ON l.label_id = m.label_id;

-- stale: 1 when the exports are not those any more that an audit or a comparison read;
-- null when it is not known which they were.
CREATE VIEW v_run AS
SELECT r.run, r.kind, r.library, r.parser, r.unicode, r.codebook, r.codebook_sha256, r.model,
  r.rules, r.configuration, r.study_sha256, r.seed,
  (SELECT count(*) FROM run_export x WHERE x.run = r.run) AS exports,
  iif(r.kind = 'compare'
      OR (r.kind = 'audit' AND EXISTS (SELECT 1 FROM run_export x WHERE x.run = r.run)),
    EXISTS (SELECT 1 FROM run_export x WHERE x.run = r.run AND NOT EXISTS (
      SELECT 1 FROM export_file e WHERE e.group_id = x.group_id AND e.first_day = x.first_day AND
        e.last_day = x.last_day AND e.sha256 = x.sha256 AND e.run = x.import_run))
    OR EXISTS (SELECT 1 FROM export_file e WHERE NOT EXISTS (
        SELECT 1 FROM run_export x WHERE x.run = r.run AND x.group_id = e.group_id AND
          x.first_day = e.first_day)
      AND (r.kind = 'compare' OR e.group_id IN (
        SELECT group_id FROM run_export x WHERE x.run = r.run))), NULL) AS stale
FROM run r;

CREATE VIEW v_finding AS
SELECT g.key AS group_key, f.rule, f.detail, f.time, f.line, f.confidence,
  (SELECT count(*) FROM finding_message m WHERE m.group_id = f.group_id AND
   m.file_first_day = f.file_first_day AND m.position = f.position) AS messages,
  f.incident_id, r.rules, f.run, r.stale
FROM finding f JOIN study_group g USING (group_id) JOIN v_run r ON r.run = f.run;

CREATE VIEW v_comparison AS
SELECT c.outcome, g.key AS group_key, c.effect, x.start_day, x.before_first, x.before_last,
  x.before_days, x.before_numerator, x.before_denominator, x.before_value, x.after_first,
  x.after_last, x.after_days, x.after_numerator, x.after_denominator, x.after_value,
  x.estimate, x.low, x.high, x.dispersion, x.method, x.notes, c.cautions, r.library,
  r.codebook, r.model, c.run, r.stale
FROM comparison c JOIN comparison_group x USING (run) JOIN study_group g USING (group_id)
JOIN v_run r ON r.run = c.run;

-- What irr (R) and krippendorff (Python) read: one row per message and coder.
CREATE VIEW v_coding AS
SELECT c.sample, s.purpose, g.key AS group_key, c.message_id,
  date((c.message_id >> 20 & 1048575) * 86400, 'unixepoch') AS day, m.stratum, m.probability,
  c.coder, l.key AS label, c.coded_at
FROM coding c JOIN sample s USING (sample) JOIN sample_message m USING (sample, message_id)
JOIN study_group g ON g.group_id = c.message_id >> 40 JOIN label l USING (label_id);


-- -------------------------------------------------- the meaning of every column
CREATE TABLE codebook_column (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  meaning_nl TEXT NOT NULL CHECK (meaning_nl <> ''),
  meaning_en TEXT NOT NULL CHECK (meaning_en <> ''),
  PRIMARY KEY (table_name, column_name)
) STRICT, WITHOUT ROWID;

CREATE VIEW codeboek AS
SELECT table_name AS tabel, column_name AS kolom, meaning_nl AS betekenis FROM codebook_column;

-- A row without a table holds for every column of that name. A column that is
-- explained nowhere breaks the constraint above, and no database is made.
INSERT INTO codebook_column
WITH word (table_name, column_name, meaning_nl, meaning_en) AS (VALUES
  ('', 'group_id', 'nummer van de groep, in de volgorde van study.json, vanaf 0', 'number of the group, in the order of study.json, from 0'),
  ('', 'group_key', 'sleutel van de groep, zoals in study.json', 'key of the group, as in study.json'),
  ('', 'arm', 'onderzoeksarm van de groep; leeg als niet opgegeven', 'study arm of the group; empty when not stated'),
  ('', 'governance', 'wie de groep beheert (bijvoorbeeld gemeente of zelfstandig); leeg als niet opgegeven', 'who runs the group (for instance gemeente, the municipality, or zelfstandig, independent); empty when not stated'),
  ('', 'regime', 'afspraak over berichten: alarm (alleen meldingen) of gemengd; leeg als niet opgegeven', 'rule for messages: alarm (reports only) or gemengd (mixed); empty when not stated'),
  ('', 'day', 'kalenderdag JJJJ-MM-DD, klok van de telefoon', 'calendar day YYYY-MM-DD, clock of the phone'),
  ('', 'line', 'regel in het geëxporteerde bestand, vanaf 1', 'line in the exported file, from 1'),
  ('', 'pseudonym', 'pseudoniem van de persoon, met de sleutel van de studie gemaakt; P-0000000000000000 zijn allen die gewist zijn', 'pseudonym of the person, made with the key of the study; P-0000000000000000 are all who were erased'),
  ('', 'role', 'rol volgens het rollenbestand: onbekend, bewoner, beheerder, politie, gemeente, ondernemer, zorg', 'role by the roles file: onbekend (unknown), bewoner (resident), beheerder (moderator), politie (police), gemeente (municipality), ondernemer (business), zorg (care)'),
  ('', 'label_id', 'nummer van het label, in volgorde van voorrang, vanaf 0', 'number of the label, in order of precedence, from 0'),
  ('', 'attribute_id', 'nummer van het kenmerk, vanaf 0', 'number of the attribute, from 0'),
  ('', 'name_nl', 'Nederlandse naam', 'Dutch name'),
  ('', 'name_en', 'Engelse naam', 'English name'),
  ('', 'file_first_day', 'eerste waargenomen dag van het bestand waar dit bij hoort; met group_id de sleutel van export_file', 'first observed day of the file that this belongs to; with group_id the key of export_file'),
  ('', 'messages', 'aantal berichten van mensen', 'number of messages by people'),
  ('', 'sha256', 'SHA-256 van de (uitgepakte) chattekst, hexadecimaal', 'SHA-256 of the (unpacked) chat text, hexadecimal'),
  ('', 'bytes', 'grootte van de chattekst in bytes', 'size of the chat text in bytes'),
  ('', 'records', 'aantal records in het bestand, systeemregels inbegrepen', 'number of records in the file, system lines included'),
  ('', 'human_records', 'aantal records van mensen in het bestand', 'number of records by people in the file'),
  ('', 'first_day', 'eerste waargenomen dag; een onvolledige eerste dag telt niet mee', 'first observed day; an incomplete first day does not count'),
  ('', 'last_day', 'laatste waargenomen dag; de dag van het laatste record is onvolledig en telt niet mee', 'last observed day; the day of the last record is incomplete and does not count'),
  ('', 'first_time', 'tijd van het vroegste record, zonder losse datums die niet kloppen', 'time of the earliest record, lone dates that do not fit left out'),
  ('', 'last_time', 'tijd van het laatste record, zonder losse datums die niet kloppen', 'time of the latest record, lone dates that do not fit left out'),
  ('', 'platform', 'telefoon die exporteerde: android, ios, unknown', 'phone that exported: android, ios, unknown'),
  ('', 'header', 'vorm van de kop van een record', 'form of the header of a record'),
  ('', 'date_order', 'volgorde van de datum: dmy, mdy, ymd', 'order of the date: dmy, mdy, ymd'),
  ('', 'date_order_certain', '1: het bestand bewijst de volgorde; 0: een gok', '1: the file proves the order; 0: a guess'),
  ('', 'library', 'versie van etherpeil', 'version of etherpeil'),
  ('', 'model', 'wat de labels gaf: rules of de naam van een model of codeur', 'what gave the labels: rules, or the name of a model or coder'),
  ('', 'participants', 'aantal verschillende schrijvers in het incident', 'number of distinct authors in the incident'),
  ('', 'uncertain', '1: een bericht kan ook bij een ander incident horen', '1: a message could belong to another incident too'),
  ('', 'active_members', 'aantal verschillende mensen die schreven', 'number of distinct people who wrote'),
  ('', 'coded_messages', 'berichten met een label', 'messages with a label'),
  ('', 'abstained_messages', 'berichten waarvan het label onder de drempel van zekerheid bleef', 'messages whose label stayed below the threshold of certainty'),
  ('', 'night_messages', 'berichten met een label van 22:00 tot en met 07:59', 'messages with a label from 22:00 to 07:59'),
  ('', 'incident_messages', 'berichten met een label die bij een incident horen, de melding zelf inbegrepen', 'messages with a label that belong to an incident, the report included'),
  ('', 'report_messages', 'berichten met een label dat meldt', 'messages with a label that reports'),
  ('', 'safety_messages', 'berichten met een label dat als veiligheidsmelding telt', 'messages with a label that counts as a safety report'),
  ('', 'outcome_messages', 'berichten met een afloop', 'messages with an outcome'),
  ('', 'addition_messages', 'berichten met een aanvulling', 'messages with an addition'),
  ('', 'question_messages', 'berichten met een vraag', 'messages with a question'),
  ('', 'moderation_messages', 'berichten die de groep beheren', 'messages that moderate the group'),
  ('', 'offtopic_messages', 'berichten die niet over veiligheid gaan', 'messages off the topic of safety'),
  ('', 'message_id', 'nummer van het bericht: (group_id << 40) + (dagen sinds 1970 << 20) + plaats op die dag', 'number of the message: (group_id << 40) + (days since 1970 << 20) + place on that day'),
  ('', 'incident_id', 'message_id van de melding waar het bij hoort; leeg zonder', 'message_id of the report that it belongs to; null without'),
  ('', 'run', 'waarmee dit gemaakt is: sleutel van run', 'what this was made with: key of run'),
  ('', 'rule', 'huisregel, zoals in het regelbestand', 'house rule, as in the ruleset'),
  ('', 'rules', 'regels van de audit en hun versie; leeg zonder audit', 'rules of the audit and their version; empty without an audit'),
  ('', 'detail', 'welke vorm ervan; leeg als er maar één is', 'which form of it; empty when there is one'),
  ('', 'confidence', 'kans dat de labels waarop het rust kloppen; leeg als het op woordenlijsten rust', 'probability of the labels that it rests on; null when it rests on word lists'),
  ('', 'sample', 'sleutel van de steekproef', 'key of the sample'),
  ('', 'purpose', 'waarvoor: training, reliability (overeenstemming van codeurs) of gold (juiste code)', 'what for: training, reliability (agreement of coders) or gold (the right code)'),
  ('', 'stratum', 'laag waaruit het bericht getrokken is; leeg zonder lagen', 'stratum that the message was drawn from; empty without strata'),
  ('', 'probability', 'kans waarmee het bericht getrokken is', 'probability with which the message was drawn'),
  ('', 'coder', 'pseudoniem van de codeur', 'pseudonym of the coder'),
  ('', 'label', 'code van het label; leeg als het bericht er geen heeft', 'code of the label; null when the message has none'),
  ('', 'label_nl', 'Nederlandse naam van dat label', 'Dutch name of that label'),
  ('', 'label_en', 'Engelse naam van dat label', 'English name of that label'),
  ('', 'coded_at', 'wanneer gecodeerd, klok van de codeur', 'when it was coded, clock of the coder'),
  ('', 'iso_year', 'jaar waarin de week volgens ISO 8601 valt; leeg buiten de kalender', 'year of the ISO 8601 week; null outside the calendar'),
  ('', 'iso_week', 'week volgens ISO 8601, 1 tot en met 53; leeg buiten de kalender', 'ISO 8601 week, 1 to 53; null outside the calendar'),
  ('', 'weekday', '1 maandag tot en met 7 zondag', '1 Monday to 7 Sunday'),
  ('', 'hours', 'uren van de dag: 23 of 25 als de klok verzet wordt', 'hours of the day: 23 or 25 when the clock is changed'),
  ('', 'new_year', '1: oudejaarsdag of nieuwjaarsdag', '1: New Year''s Eve or New Year''s Day'),
  ('', 'holiday', 'feestdag; leeg zonder', 'public holiday; null without'),
  ('', 'school_noord', 'schoolvakantie in regio Noord; leeg zonder', 'school holiday in region Noord; null without'),
  ('', 'school_midden', 'schoolvakantie in regio Midden; leeg zonder', 'school holiday in region Midden; null without'),
  ('', 'school_zuid', 'schoolvakantie in regio Zuid; leeg zonder', 'school holiday in region Zuid; null without'),
  ('', 'corona', 'landelijke coronamaatregel (2020-2022); leeg zonder', 'national corona measure (2020-2022); null without'),
  ('', 'curfew', '1: avondklok in de avond of nacht van deze dag', '1: curfew in the evening or night of this day'),
  ('', 'fireworks_ban', '1: jaarwisseling met vuurwerkverbod', '1: turn of the year with a ban on fireworks'),
  ('', 'days_observed', 'waargenomen dagen; deel hierdoor, niet door de lengte van de periode', 'observed days; divide by this, not by the length of the period'),
  ('', 'phase', 'before: vóór de eerste interventie van de groep; after: erna; leeg zonder interventie', 'before: before the first intervention of the group; after: from it on; null without one'),
  ('', 'incidents', 'aantal incidenten dat begon', 'number of incidents that started'),
  ('', 'joined_members', 'mensen die werden toegevoegd of toetraden, volgens de systeemregels', 'people who were added or joined, by the system lines'),
  ('', 'left_members', 'mensen die werden verwijderd of vertrokken, volgens de systeemregels', 'people who were removed or left, by the system lines'),

  ('study', 'study_id', 'altijd 1: een bestand bevat één studie', 'always 1: a file holds one study'),
  ('study', 'key', 'sleutel van de studie', 'key of the study'),
  ('study', 'title', 'titel van de studie', 'title of the study'),
  ('study', 'time_zone', 'tijdzone van de telefoons', 'time zone of the phones'),
  ('study', 'key_check', 'pseudoniem van een vaste tekst: met een andere sleutel komt er iets anders uit', 'pseudonym of a fixed text: another key gives another one'),
  ('study', 'keep_until', 'laatste dag waarop de gegevens bewaard mogen worden; leeg als niet opgegeven', 'last day on which the data may be kept; null when not stated'),
  ('study', 'keep_rows', '1: message heeft een rij per bericht', '1: message has a row per message'),
  ('study_group', 'key', 'sleutel van de groep', 'key of the group'),
  ('study_group', 'name', 'naam van de groep', 'name of the group'),
  ('study_group', 'area_code', 'CBS-code van het gebied, om andere gegevens te koppelen; leeg als niet opgegeven', 'code of the area (Statistics Netherlands), to join other data; empty when not stated'),
  ('study_group', 'households', 'huishoudens in het gebied; leeg als niet opgegeven', 'households in the area; null when not stated'),
  ('study_group', 'members', 'leden van de groep volgens de beheerder; leeg als niet opgegeven', 'members of the group as the moderator states; null when not stated'),
  ('intervention', 'start_day', 'eerste dag van de interventie', 'first day of the intervention'),
  ('intervention', 'key', 'sleutel van de interventie', 'key of the intervention'),
  ('intervention', 'title', 'wat er gebeurde', 'what happened'),
  ('intervention', 'end_day', 'laatste dag; leeg als zij doorloopt', 'last day; null when it goes on'),
  ('role_assignment', 'position', 'plaats in het rollenbestand, vanaf 0', 'position in the roles file, from 0'),
  ('role_assignment', 'from_day', 'eerste dag van de rol; leeg zonder begin', 'first day of the role; null without a start'),
  ('role_assignment', 'to_day', 'laatste dag van de rol; leeg zonder eind', 'last day of the role; null without an end'),
  ('codebook', 'codebook_id', 'altijd 1: een bestand bevat één codeboek', 'always 1: a file holds one codebook'),
  ('codebook', 'id', 'naam van het codeboek', 'name of the codebook'),
  ('codebook', 'version', 'versie van het codeboek', 'version of the codebook'),
  ('codebook', 'sha256', 'SHA-256 van codeboek en lexicon', 'SHA-256 of codebook and lexicon'),
  ('label', 'key', 'code van het label', 'code of the label'),
  ('label', 'function', 'wat een bericht met dit label in het gesprek doet', 'what a message with this label does in the conversation'),
  ('label', 'safety', '1: telt als veiligheidsmelding', '1: counts as a safety report'),
  ('attribute', 'key', 'code van het kenmerk', 'code of the attribute'),
  ('attribute', 'attribute_group', 'groep van kenmerken; leeg als het alleen staat', 'group of attributes; empty when it stands alone'),
  ('attribute', 'slot', 'onderdeel van een volledige melding dat het kenmerk vult', 'part of a complete report that the attribute fills'),
  ('export_file', 'terminator', 'regeleinde van het bestand: lf, crlf, unknown', 'line terminator of the file: lf, crlf, unknown'),
  ('export_file', 'resolution', 'nauwkeurigheid van de tijd: second of minute', 'resolution of the time: second or minute'),
  ('export_file', 'date_order_line', 'regel die de volgorde van de datum bewijst; 0 zonder bewijs', 'line that proves the order of the date; 0 without proof'),
  ('export_file', 'preamble_lines', 'regels voor het eerste record', 'lines before the first record'),
  ('run', 'run', 'kenmerk van alles in deze rij', 'mark of everything in this row'),
  ('run', 'kind', 'wat er gedaan is: import, audit, sample (steekproef) of compare (vergelijking)', 'what was done: import, audit, sample or compare'),
  ('v_run', 'kind', 'wat er gedaan is: import, audit, sample (steekproef) of compare (vergelijking)', 'what was done: import, audit, sample or compare'),
  ('run', 'parser', 'versie van wat exports leest, en kenmerk van zijn gegevens; leeg voor schema 3', 'version of what reads exports, and a mark of its data; empty before schema 3'),
  ('v_run', 'parser', 'versie van wat exports leest, en kenmerk van zijn gegevens; leeg voor schema 3', 'version of what reads exports, and a mark of its data; empty before schema 3'),
  ('run', 'unicode', 'versie van de Unicode-gegevens', 'version of the Unicode data'),
  ('v_run', 'unicode', 'versie van de Unicode-gegevens', 'version of the Unicode data'),
  ('run', 'codebook', 'naam en versie van het codeboek', 'name and version of the codebook'),
  ('v_run', 'codebook', 'naam en versie van het codeboek', 'name and version of the codebook'),
  ('run', 'codebook_sha256', 'SHA-256 van codeboek en lexicon', 'SHA-256 of codebook and lexicon'),
  ('v_run', 'codebook_sha256', 'SHA-256 van codeboek en lexicon', 'SHA-256 of codebook and lexicon'),
  ('run', 'configuration', 'instellingen, als JSON', 'options, as JSON'),
  ('v_run', 'configuration', 'instellingen, als JSON', 'options, as JSON'),
  ('run', 'seed', 'beginwaarde van het toeval; leeg zonder toeval', 'seed of what was random; null when nothing was'),
  ('v_run', 'seed', 'beginwaarde van het toeval; leeg zonder toeval', 'seed of what was random; null when nothing was'),
  ('export_file', 'from_start', '1: het bestand begint met de groep; 0: berichten ervoor ontbreken; leeg: onbekend', '1: the file begins with the group; 0: messages before it are missing; null: unknown'),
  ('silence', 'last_time', 'tijd van het laatste bericht voor de stilte', 'time of the last message before the silence'),
  ('silence', 'days', 'hoe lang niemand schreef, in dagen; lang voor deze groep', 'for how many days nobody wrote; long for this group'),
  ('message', 'time', 'tijd, seconden sinds 1970 op de klok van de telefoon', 'time, seconds since 1970 on the clock of the phone'),
  ('message', 'role', 'rol op dat moment: 0 onbekend, 1 bewoner, 2 beheerder, 3 politie, 4 gemeente, 5 ondernemer, 6 zorg', 'role at that time: 0 unknown, 1 resident, 2 moderator, 3 police, 4 municipality, 5 business, 6 care'),
  ('message', 'kind', 'soort bericht als getal; v_message geeft het woord', 'kind of message as a number; v_message gives the word'),
  ('message', 'media', 'soort media als getal, 0 zonder; v_message geeft het woord', 'kind of media as a number, 0 without; v_message gives the word'),
  ('message', 'label_id', 'nummer van het label; leeg als het bericht er geen heeft', 'number of the label; null when the message has none'),
  ('message', 'attributes', 'kenmerken als bits: bit attribute_id', 'attributes as bits: bit attribute_id'),
  ('message', 'flags', 'bits: 1 onzeker label, 2 opent een incident, 4 in een incident, 8 herhaalt het, 16 bewerkt, 32 meer regels, 64 tijd op de minuut, 128 media ontbreken, 256 soort geraden', 'bits: 1 doubtful label, 2 opens an incident, 4 in an incident, 8 repeats it, 16 edited, 32 several lines, 64 time to the minute, 128 media left out, 256 kind guessed'),
  ('run', 'study_sha256', 'SHA-256 van groepen, interventies en rollen van de studie, bij een rol niet van wie; leeg voor schema 5', 'SHA-256 of groups, interventions and roles of the study, of a role not whose; empty before schema 5'),
  ('v_run', 'study_sha256', 'SHA-256 van groepen, interventies en rollen van de studie, bij een rol niet van wie; leeg voor schema 5', 'SHA-256 of groups, interventions and roles of the study, of a role not whose; empty before schema 5'),
  ('', 'stale', '1: de exports zijn sindsdien veranderd; 0: het zijn nog dezelfde; leeg voor een import of steekproef', '1: the exports have changed since; 0: they are the same; null for an import or a sample'),
  ('', 'outcome', 'nummer van de maat in de catalogus, zoals M04', 'id of the metric in the catalogue, such as M04'),
  ('', 'effect', 'ratio (na gedeeld door voor) of difference (na min voor)', 'ratio (after over before) or difference (after minus before)'),
  ('', 'start_day', 'eerste dag van de interventie; leeg zonder', 'first day of the intervention; null without'),
  ('v_comparison', 'codebook', 'naam en versie van het codeboek', 'name and version of the codebook'),
  ('', 'before_first', 'eerste waargenomen dag voor de interventie', 'first observed day before the intervention'),
  ('', 'before_last', 'laatste waargenomen dag voor de interventie', 'last observed day before the intervention'),
  ('', 'before_days', 'waargenomen dagen voor de interventie', 'observed days before the intervention'),
  ('', 'before_numerator', 'teller van de maat ervoor', 'numerator of the metric before'),
  ('', 'before_denominator', 'noemer van de maat ervoor', 'denominator of the metric before'),
  ('', 'before_value', 'waarde van de maat ervoor; leeg als die niet bestaat', 'value of the metric before; null when not defined'),
  ('', 'after_first', 'eerste waargenomen dag vanaf de interventie', 'first observed day from the intervention on'),
  ('', 'after_last', 'laatste waargenomen dag vanaf de interventie', 'last observed day from the intervention on'),
  ('', 'after_days', 'waargenomen dagen vanaf de interventie', 'observed days from the intervention on'),
  ('', 'after_numerator', 'teller van de maat erna', 'numerator of the metric after'),
  ('', 'after_denominator', 'noemer van de maat erna', 'denominator of the metric after'),
  ('', 'after_value', 'waarde van de maat erna; leeg als die niet bestaat', 'value of the metric after; null when not defined'),
  ('', 'estimate', 'de verandering in deze groep; leeg zonder', 'the change in this group; null without'),
  ('', 'low', 'ondergrens van het 95%-interval; leeg als die er niet is', 'lower end of the 95 % interval; null when there is none'),
  ('', 'high', 'bovengrens van het 95%-interval; leeg als die er niet is', 'upper end of the 95 % interval; null when there is none'),
  ('', 'dispersion', 'spreiding tussen weken, gedeeld door die van het toeval; minstens 1', 'variation between weeks over that of chance; at least 1'),
  ('', 'method', 'hoe het interval berekend is', 'how the interval was computed'),
  ('', 'notes', 'waarom er geen effect is, en waarschuwingen bij deze groep, als vaste codes', 'why there is no effect, and cautions about this group, as stable codes'),
  ('', 'cautions', 'waarschuwingen voor iedere lezer, als vaste codes', 'cautions that every reader must see, as stable codes'),
  ('comparison', 'rising', 'groepen waarvan de schatting stijgt, voor afronding', 'groups whose estimate goes up, before rounding'),
  ('comparison', 'falling', 'groepen waarvan de schatting daalt, voor afronding', 'groups whose estimate goes down, before rounding'),
  ('comparison', 'clear', 'groepen waarvan het interval geen verandering uitsluit', 'groups whose interval excludes no change'),
  ('comparison', 'min_attainable_p', 'kleinste p-waarde die met zo weinig groepen haalbaar is: daarom staat er geen', 'smallest p that so few groups could reach: why there is none'),
  ('run_export', 'import_run', 'run waarmee die export toen gelezen was', 'run by which that export had been read'),
  ('v_run', 'exports', 'aantal exports dat gelezen werd', 'number of exports that were read'),
  ('finding', 'position', 'plaats onder de bevindingen van het bestand, vanaf 0', 'place among the findings of the file, from 0'),
  ('finding', 'time', 'tijd van het bericht waar de bevinding begint', 'time of the message where the finding begins'),
  ('finding_message', 'position', 'bevinding waar het bericht bij hoort', 'finding that the message belongs to'),
  ('sample_message', 'position', 'plaats in de steekproef, vanaf 0', 'place in the sample, from 0'),
  ('coding', 'label_id', 'label dat de codeur gaf', 'label that the coder gave'),
  ('calendar_period', 'kind', 'holiday (feestdag), school (schoolvakantie), corona (maatregel), curfew (avondklok), fireworks_ban (vuurwerkverbod)', 'holiday (public holiday), school (school holiday), corona (measure), curfew, fireworks_ban'),
  ('calendar_period', 'first_day', 'eerste dag', 'first day'),
  ('calendar_period', 'last_day', 'laatste dag, zelf inbegrepen', 'last day, itself included'),
  ('calendar_period', 'region', 'schoolregio: noord, midden, zuid; leeg voor heel Nederland', 'school region: noord, midden, zuid; empty for the whole country'),
  ('observed_day', 'fingerprint', 'kenmerk van de woorden van deze dag, met de sleutel van de studie gemaakt: zo wordt een dag in een latere export herkend; leeg zonder woorden', 'mark of the words of this day, made with the key of the study, so that the day is known again in a later export; null without words'),
  ('observed_day', 'mark', 'kenmerk van alles wat op deze dag gelezen werd, met de sleutel van de studie gemaakt: een dag met hetzelfde kenmerk houdt bij een latere import zijn labels; leeg zonder berichten', 'mark of all that was read of this day, made with the key of the study: a day with the same mark keeps its labels in a later import; null without messages'),
  ('other_name', 'other', 'pseudoniem van een andere naam van dezelfde persoon, uit een andere telefoon', 'pseudonym of another name of the same person, from another phone'),
  ('consent_match', 'line', 'kenmerk van een regel van de toestemmingslijst die bij een schrijver paste, met de sleutel van de studie gemaakt', 'mark of a line of the consent list that fitted a writer, made with the key of the study'),
  ('diagnostic', 'code', 'wat er opviel, als vaste code', 'what was odd, as a stable code'),
  ('diagnostic', 'severity', 'info of warning (waarschuwing)', 'info or warning'),
  ('diagnostic', 'times', 'hoe vaak', 'how often'),
  ('diagnostic', 'first_line', 'eerste regel waar het opviel; 0 voor het hele bestand', 'first line where it was seen; 0 for the whole file'),
  ('day_label', 'night', 'hiervan van 22:00 tot en met 07:59', 'of these, from 22:00 to 07:59'),
  ('day_label', 'in_incident', 'hiervan in een incident, de melding zelf inbegrepen', 'of these, in an incident, the report included'),
  ('day_label', 'night_in_incident', 'hiervan allebei: in de nacht en in een incident', 'of these, both: at night and in an incident'),
  ('day_label', 'abstained', 'hiervan onder de drempel van zekerheid', 'of these, below the threshold of certainty'),
  ('member_day', 'role', 'laatste bekende rol op deze dag: onbekend, bewoner, beheerder, politie, gemeente, ondernemer, zorg', 'last known role on this day: onbekend (unknown), bewoner (resident), beheerder (moderator), politie (police), gemeente (municipality), ondernemer (business), zorg (care)'),
  ('incident', 'time', 'tijd van de melding', 'time of the report'),
  ('incident', 'reporter', 'pseudoniem van de melder', 'pseudonym of the reporter'),
  ('incident', 'messages', 'berichten in het incident, de melding inbegrepen', 'messages in the incident, the report included'),
  ('incident', 'slots', 'wat de melder in de eerste minuten noemde, als bits: 2 waar, 4 wat, 8 wie, 16 wanneer, 32 politie, 64 verzoek', 'what the reporter stated in the first minutes, as bits: 2 where, 4 what, 8 who, 16 when, 32 police, 64 request'),
  ('incident', 'root_attributes', 'kenmerken van de melding, als bits: bit attribute_id', 'attributes of the report, as bits: bit attribute_id'),
  ('incident', 'attributes', 'kenmerken van alle berichten samen, als bits: bit attribute_id', 'attributes of all messages together, as bits: bit attribute_id'),
  ('incident', 'reply', 'seconden tot het eerste bericht van een ander; leeg zonder', 'seconds to the first message by another; null without'),
  ('incident', 'substantive', 'seconden tot de eerste reactie met informatie; leeg zonder', 'seconds to the first reply with information; null without'),
  ('incident', 'professional', 'seconden tot de eerste reactie van politie of gemeente; leeg zonder', 'seconds to the first reply by police or municipality; null without'),
  ('incident', 'outcome', 'seconden tot de eerste afloop; leeg zonder', 'seconds to the first outcome; null without'),
  ('incident', 'followed', 'seconden waarin een antwoord te zien zou zijn', 'seconds in which an answer could have been seen'),
  ('incident', 'until_end', 'seconden van de melding tot het laatste record van het bestand', 'seconds from the report to the last record of the file'),
  ('membership', 'time', 'tijd van de systeemregel', 'time of the system line'),
  ('membership', 'event', 'member_added, member_joined, member_left of member_removed', 'member_added, member_joined, member_left or member_removed'),
  ('membership', 'people', 'om hoeveel mensen het gaat, minstens 1', 'how many people it is about, at least 1'),
  ('segment', 'month', 'maand JJJJ-MM van de berichten', 'month YYYY-MM of the messages'),
  ('segment', 'people', 'pseudoniemen van wie in deze maand schreef, op volgorde, met spaties ertussen', 'pseudonyms of those who wrote in this month, in order, with spaces between them'),
  ('segment', 'columns', 'per bericht tijd, schrijver, rol, soort, label, kenmerken, incident en vlaggen als kolommen van bytes (beschreven bij schema.sql in lib/data/README.md van de broncode); geen tekst', 'per message time, author, role, kind, label, attributes, incident and flags as columns of bytes (described under schema.sql in lib/data/README.md of the source code); no text'),
  ('membership', 'wrote', 'wie van hen binnen 90 dagen schreef, als aantal; leeg bij vertrek en voor wie erbij kwam op de dag dat de groep werd gemaakt', 'how many of them wrote within 90 days; null for a leave, and for who joined on the day that the group was made'),
  ('membership', 'until_end', 'seconden van de systeemregel tot het laatste record van het bestand', 'seconds from the system line to the last record of the file'),
  ('v_week', 'first_day', 'eerste waargenomen dag van de week', 'first observed day of the week'),
  ('v_week', 'hours_observed', 'uren van de waargenomen dagen', 'hours of the observed days'),
  ('v_week', 'straddles_start', '1: de eerste interventie begon in deze week', '1: the first intervention began in this week'),
  ('v_week', 'holiday', 'een feestdag in de week; leeg zonder', 'a public holiday in the week; null without'),
  ('v_week', 'new_year', '1: de jaarwisseling valt in de week', '1: the turn of the year falls in the week'),
  ('v_week', 'corona', 'een coronamaatregel in de week; leeg zonder', 'a corona measure in the week; null without'),
  ('v_week', 'curfew', '1: avondklok in de week', '1: curfew in the week'),
  ('v_coverage', 'first_day', 'eerste dag; leeg als het begin onbekend is', 'first day; null when the start is unknown'),
  ('v_coverage', 'last_day', 'laatste dag, zelf inbegrepen', 'last day, itself included'),
  ('v_coverage', 'state', 'observed: helemaal gezien, een dag zonder berichten is echt nul; partial: deels gezien, niet geteld; gap: tussen twee bestanden niet gezien; truncated: van voor het eerste bestand ontbreken berichten; silence: gezien, maar zo lang stil dat er berichten kunnen ontbreken', 'observed: seen in full, a day without messages is a true zero; partial: seen in part, not counted; gap: not seen, between two files; truncated: messages from before the first file are missing; silence: seen, but silent for so long that messages may be missing'),
  ('v_coverage', 'days', 'aantal dagen; leeg als het begin onbekend is', 'number of days; null when the start is unknown'),
  ('v_message', 'place', 'plaats onder de berichten van mensen op die dag, vanaf 1', 'place among the messages by people of that day, from 1'),
  ('v_message', 'time', 'tijd, klok van de telefoon', 'time, clock of the phone'),
  ('v_message', 'kind', 'soort bericht', 'kind of message'),
  ('v_message', 'media', 'soort media; leeg zonder', 'kind of media; null without'),
  ('v_message', 'attributes', 'codes van de kenmerken; leeg zonder', 'codes of the attributes; null without'),
  ('v_message', 'abstained', '1: het label bleef onder de drempel van zekerheid', '1: the label stayed below the threshold of certainty'),
  ('v_message', 'is_root', '1: opent een incident', '1: opens an incident'),
  ('v_message', 'in_incident', '1: hoort bij een incident, de melding zelf inbegrepen', '1: belongs to an incident, the report included'),
  ('v_message', 'repeats', '1: een ander meldt hetzelfde nog eens', '1: another person reports the same again'),
  ('v_message', 'edited', '1: door de schrijver bewerkt', '1: edited by its author'),
  ('v_message', 'multiline', '1: meer dan één regel', '1: more than one line'),
  ('v_message', 'minute', '1: tijd op de minuut, niet op de seconde', '1: time known to the minute, not to the second'),
  ('v_message', 'omitted', '1: de media zitten niet in de export', '1: its media are not in the export'),
  ('v_message', 'guessed', '1: het soort bericht is met twijfel bepaald', '1: the kind was decided with doubt'),
  ('v_finding', 'time', 'tijd van het bericht waar de bevinding begint', 'time of the message where the finding begins'),
  ('v_finding', 'messages', 'berichten waarin het te zien is', 'messages in which it is seen'),
  ('codeboek', 'tabel', 'naam van de tabel of view', 'name of the table or view'),
  ('codeboek', 'kolom', 'naam van de kolom', 'name of the column'),
  ('codeboek', 'betekenis', 'betekenis', 'meaning in Dutch'),
  ('v_month', 'month', 'maand JJJJ-MM', 'month YYYY-MM'),
  ('v_incident', 'time', 'tijd van de melding', 'time of the report'),
  ('v_incident', 'reporter_role', 'laatste bekende rol van de melder op die dag', 'last known role of the reporter on that day'),
  ('v_incident', 'messages', 'berichten in het incident, de melding inbegrepen', 'messages in the incident, the report included'),
  ('v_incident', 'slot_where', '1: de melder noemde waar', '1: the reporter stated where'),
  ('v_incident', 'slot_what', '1: de melder noemde wat', '1: the reporter stated what'),
  ('v_incident', 'slot_who', '1: de melder beschreef wie', '1: the reporter described who'),
  ('v_incident', 'slot_when', '1: de melder noemde wanneer', '1: the reporter stated when'),
  ('v_incident', 'slot_police', '1: de melder noemde de politie of 112', '1: the reporter stated police or 112'),
  ('v_incident', 'slot_request', '1: de melder vroeg iets', '1: the reporter asked for something'),
  ('v_incident', 'attributes', 'codes van de kenmerken van alle berichten samen; leeg zonder', 'codes of the attributes of all messages together; null without'),
  ('v_incident', 'reply_seconds', 'seconden tot het eerste bericht van een ander; leeg zonder', 'seconds to the first message by another; null without'),
  ('v_incident', 'substantive_seconds', 'seconden tot de eerste reactie met informatie; leeg zonder', 'seconds to the first reply with information; null without'),
  ('v_incident', 'professional_seconds', 'seconden tot de eerste reactie van politie of gemeente; leeg zonder', 'seconds to the first reply by police or municipality; null without'),
  ('v_incident', 'outcome_seconds', 'seconden tot de eerste afloop; leeg zonder', 'seconds to the first outcome; null without'),
  ('v_incident', 'followed_seconds', 'seconden waarin een antwoord te zien zou zijn', 'seconds in which an answer could have been seen'),
  ('v_incident', 'until_end_seconds', 'seconden van de melding tot het laatste record van het bestand', 'seconds from the report to the last record of the file'),
  ('v_file', 'warnings', 'aantal waarschuwingen bij het lezen', 'number of warnings when it was read'),
  ('v_file', 'codebook', 'naam van het codeboek', 'name of the codebook'),
  ('v_file', 'codebook_version', 'versie van het codeboek', 'version of the codebook'),
  ('codebook_column', 'table_name', 'naam van de tabel of view', 'name of the table or view'),
  ('codebook_column', 'column_name', 'naam van de kolom', 'name of the column'),
  ('codebook_column', 'meaning_nl', 'betekenis in het Nederlands', 'meaning in Dutch'),
  ('codebook_column', 'meaning_en', 'betekenis in het Engels', 'meaning in English'))
SELECT s.name, c.name, coalesce(own.meaning_nl, general.meaning_nl),
  coalesce(own.meaning_en, general.meaning_en)
FROM sqlite_schema s JOIN pragma_table_info(s.name) c
LEFT JOIN word own ON own.table_name = s.name AND own.column_name = c.name
LEFT JOIN word general ON general.table_name = '' AND general.column_name = c.name
WHERE s.type IN ('table', 'view');
