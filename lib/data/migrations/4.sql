ALTER TABLE observed_day ADD COLUMN mark INTEGER;

-- Pseudonyms of the names that a person has in other phones, as merging tells: whoever
-- asks to be erased may give any of them.
CREATE TABLE other_name (
  group_id INTEGER NOT NULL REFERENCES study_group,
  pseudonym TEXT NOT NULL CHECK (pseudonym GLOB 'P-*' AND length(pseudonym) = 18),
  other TEXT NOT NULL CHECK (other GLOB 'P-*' AND length(other) = 18 AND other <> pseudonym),
  PRIMARY KEY (group_id, pseudonym, other)
) STRICT, WITHOUT ROWID;
