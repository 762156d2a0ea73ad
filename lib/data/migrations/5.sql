-- Lines of the list of consent that fitted a writer of some export: those that never did
-- are likely misspelt. No pseudonyms, so that nothing ties who is nobody to a line.
CREATE TABLE consent_match (
  line INTEGER PRIMARY KEY
) STRICT;

-- Runs learn of comparisons and of the study that they were made in.
CREATE TABLE run_5 (
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
INSERT INTO run_5
SELECT run, kind, library, parser, unicode, codebook, codebook_sha256, model, rules, configuration,
  '', seed
FROM run;
DROP TABLE run;
ALTER TABLE run_5 RENAME TO run;

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
