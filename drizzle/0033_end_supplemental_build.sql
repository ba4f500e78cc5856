-- A Background Security Improvement changes this build alone; null where it was not told.
ALTER TABLE trials ADD COLUMN end_supplemental_build text;
