create or replace function frozen_number(state jsonb, field text) RETURNS numeric IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN jsonb_typeof(state -> field -> 'value') = 'number' THEN (state -> field -> 'value')::numeric END
$$;
