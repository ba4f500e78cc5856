-- A cell as COPY writes it with FORMAT csv: quoted if it is empty or holds a comma, a quote or a line end. Null stays null,
-- which is nothing between two commas.
create or replace function csv_cell(cell text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
  SELECT regexp_replace(replace(cell, '"', '""'), E'^(|.*[",\n\r].*)$', '"\1"')
$$;
