ALTER TABLE study ADD COLUMN keep_until TEXT CHECK (keep_until IS date(keep_until, '+0 days'));

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

ALTER TABLE observed_day ADD COLUMN fingerprint INTEGER;

CREATE TABLE export_text (
  sha256 TEXT PRIMARY KEY CHECK (sha256 <> ''),
  group_id INTEGER NOT NULL,
  file_first_day TEXT NOT NULL,
  FOREIGN KEY (group_id, file_first_day) REFERENCES export_file ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Who of those that joined wrote afterwards, no old file says.
CREATE TABLE membership_2 (
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
INSERT INTO membership_2
SELECT m.group_id, m.day, m.line, m.time, m.event, m.people, NULL,
  max(CAST(strftime('%s', f.last_time) AS INTEGER) - CAST(strftime('%s', m.time) AS INTEGER), 0)
FROM membership m
JOIN observed_day o ON o.group_id = m.group_id AND o.day = m.day
JOIN export_file f ON f.group_id = o.group_id AND f.first_day = o.file_first_day;
DROP TABLE membership;
ALTER TABLE membership_2 RENAME TO membership;
