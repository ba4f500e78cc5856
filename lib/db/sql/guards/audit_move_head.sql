create or replace function audit_move_head() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
  -- Once per transaction: for its last entry.
  IF NOT EXISTS (SELECT FROM audit_log WHERE seq = NEW.seq + 1) THEN
    UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash;
    -- The workers: whatever they have to do begins with something that is recorded, or with a time that has come.
    PERFORM pg_notify('oneway_recorded', '');
  END IF;
  RETURN NULL;
END $$;

drop trigger if exists moves_head on audit_log;
create constraint trigger moves_head after insert on audit_log deferrable initially deferred for each row execute function audit_move_head();
