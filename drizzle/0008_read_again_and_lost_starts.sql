CREATE TABLE "lost_starts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "lost_starts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"from_os" text,
	"from_build" text,
	"to_os" text,
	"to_build" text,
	"seen_at" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"source" text NOT NULL,
	"by_name" text,
	"reading_id" bigint NOT NULL,
	"raw_event_id" bigint,
	"simulated" boolean DEFAULT false NOT NULL,
	"acknowledged_at" timestamp with time zone,
	"acknowledged_by" text,
	CONSTRAINT "a_loss_names_what_changed" CHECK (("lost_starts"."from_os" is not null or "lost_starts"."from_build" is not null) and ("lost_starts"."to_os" is not null or "lost_starts"."to_build" is not null)),
	CONSTRAINT "an_import_is_no_sighting" CHECK ("lost_starts"."source" <> 'imported'),
	CONSTRAINT "a_loss_is_seen_by_somebody" CHECK (("lost_starts"."acknowledged_at" is null) = ("lost_starts"."acknowledged_by" is null))
);
--> statement-breakpoint
CREATE TABLE "raw_event_rereads" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "raw_event_rereads_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"raw_event_id" bigint NOT NULL,
	"was_state" text NOT NULL,
	"was_because" text,
	"was_read_at" timestamp with time zone,
	"at" timestamp with time zone NOT NULL,
	"by_name" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "raw_events" ADD COLUMN "reread_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "raw_events" ADD COLUMN "reread_by" text;--> statement-breakpoint
ALTER TABLE "lost_starts" ADD CONSTRAINT "lost_starts_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lost_starts" ADD CONSTRAINT "lost_starts_reading_id_readings_id_fk" FOREIGN KEY ("reading_id") REFERENCES "public"."readings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lost_starts" ADD CONSTRAINT "lost_starts_raw_event_id_raw_events_id_fk" FOREIGN KEY ("raw_event_id") REFERENCES "public"."raw_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "raw_event_rereads" ADD CONSTRAINT "raw_event_rereads_raw_event_id_raw_events_id_fk" FOREIGN KEY ("raw_event_id") REFERENCES "public"."raw_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_loss_per_reading" ON "lost_starts" USING btree ("reading_id");--> statement-breakpoint
CREATE INDEX "lost_starts_by_device" ON "lost_starts" USING btree ("device_id","seen_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "lost_starts_unseen" ON "lost_starts" USING btree ("simulated","id") WHERE "lost_starts"."acknowledged_at" is null;--> statement-breakpoint
CREATE INDEX "raw_event_rereads_by_event" ON "raw_event_rereads" USING btree ("raw_event_id","id");--> statement-breakpoint
-- What has been read stands; what could not be read or matched may be read again, by somebody, and what it was is kept.
CREATE FUNCTION guard_raw_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.read_state IN ('read', 'duplicate') THEN
    RAISE EXCEPTION 'raw event % is %: that stands', OLD.id, OLD.read_state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.read_state IN ('unreadable', 'unmatched') THEN
    IF NEW.read_state <> 'unread' THEN
      RAISE EXCEPTION 'raw event % is %: it can only become unread', OLD.id, OLD.read_state USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.reread_by IS NULL OR NEW.reread_at IS NULL THEN
      RAISE EXCEPTION 'raw event % is read again by somebody, at a time', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    INSERT INTO raw_event_rereads (raw_event_id, was_state, was_because, was_read_at, at, by_name)
    VALUES (OLD.id, OLD.read_state, OLD.because, OLD.read_at, NEW.reread_at, NEW.reread_by);
  ELSIF NEW.read_state <> 'unread' THEN
    -- It stands in raw_event_rereads; the next time somebody must put a name to it again.
    NEW.reread_at := NULL;
    NEW.reread_by := NULL;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER is_read_once BEFORE UPDATE ON raw_events FOR EACH ROW EXECUTE FUNCTION guard_raw_event();
--> statement-breakpoint
CREATE FUNCTION only_by_reading_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'a row of % is written by the event that is read again', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER comes_of_its_event BEFORE INSERT ON raw_event_rereads FOR EACH ROW EXECUTE FUNCTION only_by_reading_again();
--> statement-breakpoint
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON raw_event_rereads FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON raw_event_rereads FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- A lost start stands as it was found; a lead marks once that it was seen.
CREATE FUNCTION guard_lost_start() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.acknowledged_at IS NOT NULL
     OR NEW.acknowledged_at IS NULL
     OR to_jsonb(NEW) - 'acknowledged_at' - 'acknowledged_by' IS DISTINCT FROM to_jsonb(OLD) - 'acknowledged_at' - 'acknowledged_by' THEN
    RAISE EXCEPTION 'lost_starts only grows: what was found stands' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER is_seen_once BEFORE UPDATE ON lost_starts FOR EACH ROW EXECUTE FUNCTION guard_lost_start();
--> statement-breakpoint
CREATE TRIGGER only_grows BEFORE DELETE ON lost_starts FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON lost_starts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- The mark and the source are those of the reading, whoever writes the row.
CREATE FUNCTION begin_lost_start() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE reading readings%ROWTYPE;
BEGIN
  SELECT * INTO reading FROM readings WHERE id = NEW.reading_id;
  IF reading.device_id IS DISTINCT FROM NEW.device_id OR reading.field NOT IN ('osVersion', 'osBuild') THEN
    RAISE EXCEPTION 'reading % is not of the OS of device %', NEW.reading_id, NEW.device_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.acknowledged_at IS NOT NULL THEN
    RAISE EXCEPTION 'a lost start begins unseen' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  NEW.simulated := reading.simulated;
  NEW.source := reading.source;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER begins_unseen BEFORE INSERT ON lost_starts FOR EACH ROW EXECUTE FUNCTION begin_lost_start();
--> statement-breakpoint
CREATE TRIGGER tells AFTER INSERT OR UPDATE ON lost_starts FOR EACH ROW EXECUTE FUNCTION tell_device();
