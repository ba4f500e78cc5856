-- Enters one changed row when its transaction commits. Arguments: the columns of the key, the secret
-- ones, those of bytes; each a comma-separated list.
create or replace function audit_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
  after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
  whole jsonb := coalesce(after, before);
  secrets text[] := string_to_array(TG_ARGV[1], ',');
  bytes text[] := string_to_array(TG_ARGV[2], ',');
  name text;
  id text;
  device uuid := CASE WHEN TG_TABLE_NAME = 'devices' THEN whole ->> 'id' ELSE whole ->> 'device_id' END;
  trial uuid := CASE WHEN TG_TABLE_NAME = 'trials' THEN whole ->> 'id' ELSE whole ->> 'trial_id' END;
BEGIN
  FOREACH name IN ARRAY string_to_array(TG_ARGV[0], ',') LOOP
    id := concat_ws('/', id, whole ->> name);
  END LOOP;
  IF trial IS NULL AND TG_TABLE_NAME IN ('readings', 'command_events', 'declaration_steps', 'declaration_removals') THEN
    SELECT c.trial_id, c.device_id INTO trial, device FROM commands c WHERE c.command_uuid = (whole ->> 'command_uuid')::uuid;
    device := coalesce(device, (whole ->> 'device_id')::uuid);
  END IF;
  IF TG_OP = 'UPDATE' THEN
    -- Compared before masking, so that the change of a secret is recorded, to and from NULL too.
    SELECT coalesce(jsonb_object_agg(k, before -> k), '{}'), coalesce(jsonb_object_agg(k, after -> k), '{}') INTO before, after
    FROM jsonb_object_keys(after) k WHERE before -> k IS DISTINCT FROM after -> k;
  END IF;
  PERFORM audit_append(lower(TG_OP), TG_TABLE_NAME, id, device, trial,
    audit_image(before, secrets, bytes), audit_image(after, secrets, bytes), NULL);
  RETURN NULL;
END $$;
