-- A version with its supplement as five numbers, such as {26,3,1,0,1} for "26.3.1 (a)": 12 equals 12.0, and a supplement comes
-- after its version and before the next one. Null for what is no version, as in lib/domain/device/os-version.
create or replace function version_rank(version text) returns int[] immutable parallel safe language sql as $$
  select (key || array[0, 0, 0, 0])[1:4] || coalesce(ascii(substring(version from '\(([a-z])\)$')) - 96, 0)
  from (select version_sort_key(regexp_replace(version, ' ?\([a-z]\)$', '')) as key) as parsed
  where key is not null
$$;
