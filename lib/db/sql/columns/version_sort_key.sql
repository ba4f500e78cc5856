-- The parts of a dotted version as numbers, so that 11.4 comes before 11.10; null for what is no version
-- (devices have sent builds and blanks), as in lib/domain/device/os-version.
create or replace function version_sort_key(version text) RETURNS int[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN version ~ '^\d{1,4}(\.\d{1,4}){0,3}$' THEN string_to_array(version, '.')::int[] END
$$;
