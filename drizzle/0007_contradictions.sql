CREATE TABLE "contradictions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "contradictions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"raw_event_id" bigint NOT NULL,
	"device_id" uuid NOT NULL,
	"trial_id" uuid,
	"request_type" text NOT NULL,
	"platform" text NOT NULL,
	"os_version" text NOT NULL,
	"path" text NOT NULL,
	"kind" text NOT NULL,
	"observed" text NOT NULL,
	"expected" text NOT NULL,
	"because" text NOT NULL,
	"fingerprint" text NOT NULL,
	"out_of" text NOT NULL,
	"cites" jsonb NOT NULL,
	"reported" jsonb NOT NULL,
	"documentation" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reply_checks" (
	"raw_event_id" bigint PRIMARY KEY NOT NULL,
	"device_id" uuid NOT NULL,
	"trial_id" uuid,
	"request_type" text NOT NULL,
	"platform" text NOT NULL,
	"os_version" text,
	"not_compared" text,
	"documentation" text,
	"judged" text[] DEFAULT '{}'::text[] NOT NULL,
	"left_out" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "a_reply_is_compared_for_a_version_or_says_why_not" CHECK (("reply_checks"."os_version" is null) = ("reply_checks"."not_compared" is not null) and ("reply_checks"."os_version" is null) = ("reply_checks"."documentation" is null))
);
--> statement-breakpoint
ALTER TABLE "contradictions" ADD CONSTRAINT "contradictions_raw_event_id_reply_checks_raw_event_id_fk" FOREIGN KEY ("raw_event_id") REFERENCES "public"."reply_checks"("raw_event_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contradictions" ADD CONSTRAINT "contradictions_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contradictions" ADD CONSTRAINT "contradictions_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reply_checks" ADD CONSTRAINT "reply_checks_raw_event_id_raw_events_id_fk" FOREIGN KEY ("raw_event_id") REFERENCES "public"."raw_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reply_checks" ADD CONSTRAINT "reply_checks_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reply_checks" ADD CONSTRAINT "reply_checks_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_row_per_fingerprint_of_a_reply" ON "contradictions" USING btree ("raw_event_id","fingerprint");--> statement-breakpoint
CREATE INDEX "contradictions_by_fingerprint" ON "contradictions" USING btree ("simulated","fingerprint","id");--> statement-breakpoint
CREATE INDEX "contradictions_by_trial" ON "contradictions" USING btree ("trial_id","id");--> statement-breakpoint
CREATE INDEX "reply_checks_by_version" ON "reply_checks" USING btree ("simulated","request_type","os_version");--> statement-breakpoint
CREATE INDEX "reply_checks_by_trial" ON "reply_checks" USING btree ("trial_id","raw_event_id");
--> statement-breakpoint
-- Evidence only grows.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['reply_checks', 'contradictions'] LOOP
    EXECUTE format('CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
  END LOOP;
END $$;
--> statement-breakpoint
-- A check takes its world from its device, and is about an event of the same world and a trial of the same device.
CREATE FUNCTION mark_reply_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT simulated INTO NEW.simulated FROM devices WHERE id = NEW.device_id;
  IF NOT EXISTS (SELECT FROM raw_events e WHERE e.id = NEW.raw_event_id AND e.simulated = NEW.simulated) THEN
    RAISE EXCEPTION 'event % is not of the world of its device', NEW.raw_event_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.trial_id IS NOT NULL AND NOT EXISTS (SELECT FROM trials t WHERE t.id = NEW.trial_id AND t.device_id = NEW.device_id) THEN
    RAISE EXCEPTION 'event % is checked for a trial of another device', NEW.raw_event_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER marks_simulated BEFORE INSERT ON reply_checks FOR EACH ROW EXECUTE FUNCTION mark_reply_check();
--> statement-breakpoint
-- Whose reply it was, on what and by which documents: copied from the check, whatever the writer says.
CREATE FUNCTION mark_contradiction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT device_id, trial_id, request_type, platform, os_version, documentation, simulated
  INTO NEW.device_id, NEW.trial_id, NEW.request_type, NEW.platform, NEW.os_version, NEW.documentation, NEW.simulated
  FROM reply_checks WHERE raw_event_id = NEW.raw_event_id AND NEW.out_of = ANY (judged);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the check of event % did not look at %', NEW.raw_event_id, NEW.out_of USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER marks_simulated BEFORE INSERT ON contradictions FOR EACH ROW EXECUTE FUNCTION mark_contradiction();
--> statement-breakpoint
-- One row per trial, as in 0005 but for the column `contradictions`. `trial` is the key to join by and is not exported; the others are the columns, in their order.
CREATE OR REPLACE VIEW trial_export AS
SELECT
  t.id AS trial,
  'T-' || t.number AS trial_id,
  csv_safe(d.lab_tag) AS lab_tag,
  d.platform,
  csv_safe(d.model_identifier) AS model_identifier,
  csv_safe(right(d.serial, 4)) AS serial_last4,
  'ScheduleOSUpdate'::text AS mechanism,
  csv_safe(v.plan ->> 'title') AS protocol,
  v.version AS protocol_version,
  csv_time(t.registered_at) AS registered_at,
  t.registration_hash,
  csv_safe(t.start_os) AS start_os,
  csv_safe(t.start_build) AS start_build,
  csv_safe(coalesce(slot.product_version, offer.version)) AS target_os,
  csv_safe(coalesce(substring(slot.product_key FROM '^[A-Za-z]+Update(\d{1,3}[A-Z]\d{1,5}[a-z]?)$'), offer.build)) AS target_build,
  csv_bool(frozen_bool(t.starting_state, 'supervised')) AS supervised,
  csv_bool(frozen_bool(t.starting_state, 'depEnrolled')) AS dep,
  CASE WHEN d.platform = 'tvOS' THEN 'NA'
    ELSE CASE frozen_bool(t.starting_state, 'passcodePresent') WHEN true THEN 'set' WHEN false THEN 'notSet' END END AS passcode,
  CASE WHEN d.platform = 'tvOS' THEN 'NA'
    ELSE (CASE WHEN battery.level BETWEEN 0 AND 1 THEN battery.level END)::text END AS battery_fraction,
  csv_bool(frozen_bool(t.starting_state, 'externalPower')) AS external_power,
  CASE WHEN disk.free >= 0 THEN round(disk.free * 1000000000) END AS free_bytes,
  csv_safe(t.starting_state -> 'network' ->> 'value') AS network,
  frozen.typed AS readings_typed,
  floor(extract(epoch FROM t.released_at - frozen.oldest))::bigint AS readings_oldest_s,
  csv_safe(q.rule_set_version) AS rule_set_version,
  csv_time(q.judged_at) AS qualified_at,
  NULL::text AS waivers,
  csv_time(t.released_at) AS released_at,
  sent.slots AS slots_sent,
  sent.uuids AS command_uuids,
  csv_time(first.reply_at) AS first_reply_at,
  csv_safe(reply.status) AS reply_status,
  csv_safe(reply.error_domain) AS error_domain,
  reply.error_code,
  CASE WHEN seen.prompt THEN 'true' WHEN t.outcome = 'promptNeverShown' THEN 'false' END AS prompt_shown,
  csv_safe(t.end_os) AS end_os,
  csv_safe(t.end_build) AS end_build,
  CASE WHEN t.consumed THEN floor(extract(epoch FROM t.end_seen_at - t.sent_at))::bigint::text ELSE 'NA' END AS time_to_install_s,
  CASE WHEN NOT t.consumed THEN 'NA'
    WHEN t.end_seen_at IS NOT NULL THEN 'false'
    WHEN t.state <> 'observing' THEN 'true' END AS censored,
  CASE WHEN t.state IN ('withdrawn', 'void', 'lost') AND t.outcome IS NULL THEN 'NA' ELSE t.outcome END AS outcome,
  CASE WHEN t.state = 'concluded' THEN csv_safe(t.concluded_by) END AS outcome_by,
  CASE WHEN t.state = 'concluded' THEN csv_bool(t.overruled) END AS overruled,
  CASE WHEN compared.replies > 0 THEN csv_safe(coalesce(odd.fingerprints, 'none')) END AS contradictions,
  NULL::text AS radar_ids,
  NULL::text AS deviations,
  CASE WHEN t.consumed THEN 'true' END AS naive,
  NULL::text AS reviewed_by,
  NULL::text AS locked_at,
  NULL::text AS event_head_hash,
  CASE WHEN t.simulated THEN 'SIMULATED' ELSE 'real' END AS world
FROM trials t
JOIN devices d ON d.id = t.device_id
JOIN protocol_versions v ON v.id = t.protocol_version_id
LEFT JOIN verdicts q ON q.id = t.verdict_id
CROSS JOIN LATERAL (
  SELECT v.plan #>> '{slots,0,productKey}' AS product_key, v.plan #>> '{slots,0,productVersion}' AS product_version
) slot
CROSS JOIN LATERAL (SELECT frozen_number(t.starting_state, 'batteryLevel') AS level) battery
CROSS JOIN LATERAL (SELECT frozen_number(t.starting_state, 'freeCapacity') AS free) disk
-- What the device offered under that name at release, where it offered exactly one.
CROSS JOIN LATERAL (
  SELECT CASE WHEN count(*) = 1 THEN min(u ->> 'version') END AS version,
         CASE WHEN count(*) = 1 THEN min(u ->> 'build') END AS build
  FROM jsonb_array_elements(
    CASE jsonb_typeof(t.starting_state #> '{availableUpdates,value}') WHEN 'array' THEN t.starting_state #> '{availableUpdates,value}' ELSE '[]' END
  ) u
  WHERE (slot.product_key IS NULL OR u ->> 'productKey' = slot.product_key)
    AND (slot.product_version IS NULL OR u ->> 'version' = slot.product_version)
) offer
LEFT JOIN LATERAL (
  SELECT count(*) FILTER (WHERE r.value ->> 'source' = 'typed') AS typed, min((r.value ->> 'answeredAt')::timestamptz) AS oldest
  FROM jsonb_each(t.starting_state) r
) frozen ON t.starting_state IS NOT NULL
-- Requests that left or may have left this machine; what was held, cancelled or provably never sent is none.
CROSS JOIN LATERAL (
  SELECT count(*) AS slots, string_agg(c.command_uuid::text, ' ' ORDER BY c.slot_ordinal) AS uuids
  FROM commands c
  WHERE c.trial_id = t.id AND c.purpose = 'intervention' AND c.state IN ('sending', 'queued', 'refused', 'unconfirmed')
) sent
CROSS JOIN LATERAL (
  SELECT min(e.at) AS reply_at
  FROM commands c JOIN command_events e ON e.command_uuid = c.command_uuid AND e.kind IN ('answered', 'notNow')
  WHERE c.trial_id = t.id AND c.purpose = 'intervention'
) first
LEFT JOIN LATERAL (
  SELECT coalesce(c.answer_status, 'NotNow') AS status, c.answer_error_domain AS error_domain, c.answer_error_code AS error_code
  FROM commands c
  WHERE c.trial_id = t.id AND c.purpose = 'intervention' AND (c.answered_at IS NOT NULL OR c.not_now_count > 0)
  ORDER BY c.slot_ordinal DESC LIMIT 1
) reply ON true
CROSS JOIN LATERAL (
  SELECT bool_or(true) AS prompt
  FROM observations o
  WHERE o.trial_id = t.id AND o.kind = 'promptShown'
    AND NOT EXISTS (SELECT FROM observations later WHERE later.corrects_id = o.id)
) seen
CROSS JOIN LATERAL (
  SELECT count(*) AS replies FROM reply_checks k WHERE k.trial_id = t.id AND k.os_version IS NOT NULL
) compared
CROSS JOIN LATERAL (
  SELECT string_agg(DISTINCT x.fingerprint, '; ') AS fingerprints FROM contradictions x WHERE x.trial_id = t.id
) odd;
