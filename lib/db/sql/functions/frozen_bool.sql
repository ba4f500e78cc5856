-- The value of a frozen reading, where it has the type it should: a text or a strange number is "not known", never an error.
create or replace function frozen_bool(state jsonb, field text) RETURNS boolean IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN jsonb_typeof(state -> field -> 'value') = 'boolean' THEN (state -> field -> 'value')::boolean END
$$;
