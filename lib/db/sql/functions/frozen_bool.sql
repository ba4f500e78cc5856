-- The value of a frozen reading if it has the expected type; any other type is null, never an error.
create or replace function frozen_bool(state jsonb, field text) RETURNS boolean IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN jsonb_typeof(state -> field -> 'value') = 'boolean' THEN (state -> field -> 'value')::boolean END
$$;
