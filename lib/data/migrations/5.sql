-- Lines of the list of consent that fitted a writer of some export: those that never did
-- are likely misspelt. No pseudonyms, so that nothing ties who is nobody to a line.
CREATE TABLE consent_match (
  line INTEGER PRIMARY KEY
) STRICT;
