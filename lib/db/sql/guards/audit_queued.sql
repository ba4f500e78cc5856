-- Enters the queued entries in their order and removes them from the queue.
create or replace function audit_queued() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM audit_append(NEW.kind, NEW.table_name, NEW.row_id, NEW.device_id, NEW.trial_id, NULL, NEW.data, NEW.reason);
  DELETE FROM audit_queue WHERE id = NEW.id;
  RETURN NULL;
END $$;

drop trigger if exists enters on audit_queue;
create constraint trigger enters after insert on audit_queue deferrable initially deferred for each row execute function audit_queued();
