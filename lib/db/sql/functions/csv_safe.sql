-- A cell that a spreadsheet would take for a formula gets an apostrophe in front: = + - @, tab and line ends, and
-- the full-width signs that some spreadsheets fold to them (https://owasp.org/www-community/attacks/CSV_Injection).
-- So does one that begins with apostrophes and such a character, so that a reader can take exactly one away again.
-- Typed numbers never pass through here, so a negative one stays a number.
create or replace function csv_safe(cell text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN ltrim(cell, '''') <> '' AND position(left(ltrim(cell, ''''), 1) IN E'=+-@\t\r\n＝＋－＠') > 0 THEN '''' || cell ELSE cell END
$$;
