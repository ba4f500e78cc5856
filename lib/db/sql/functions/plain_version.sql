-- The form in which two versions are compared: without a supplement such as "(a)", and 12.0 as 12.
create or replace function plain_version(version text) returns text immutable parallel safe language sql as $$
  select regexp_replace(regexp_replace(version, ' ?\([a-z]\)$', ''), '(\.0)+$', '')
$$;
