CREATE TABLE "query_run_devices" (
	"run_id" bigint NOT NULL,
	"device_id" uuid NOT NULL,
	"state" text NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"reason" text,
	"answers" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "query_run_devices_run_id_device_id_pk" PRIMARY KEY("run_id","device_id"),
	CONSTRAINT "a_device_of_a_run_has_a_known_state" CHECK ("query_run_devices"."state" in ('waiting', 'querying', 'answered', 'notAnswered', 'notQueried'))
);
--> statement-breakpoint
CREATE TABLE "query_runs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "query_runs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"simulated" boolean NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"started_by_id" text NOT NULL,
	"started_by_name" text NOT NULL,
	"fresh_from" timestamp with time zone,
	"fresh_until" timestamp with time zone,
	"every_minutes" integer,
	"ended_at" timestamp with time zone,
	"stopped_by_name" text,
	CONSTRAINT "a_window_is_whole" CHECK (("query_runs"."fresh_from" is null) = ("query_runs"."fresh_until" is null) and ("query_runs"."fresh_from" is null) = ("query_runs"."every_minutes" is null)
  and ("query_runs"."fresh_from" is null or "query_runs"."fresh_from" < "query_runs"."fresh_until")),
	CONSTRAINT "a_stopped_run_has_ended" CHECK ("query_runs"."stopped_by_name" is null or "query_runs"."ended_at" is not null)
);
--> statement-breakpoint
ALTER TABLE "query_run_devices" ADD CONSTRAINT "query_run_devices_run_id_query_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."query_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "query_run_devices" ADD CONSTRAINT "query_run_devices_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "query_run_devices_due" ON "query_run_devices" USING btree ("due_at") WHERE "query_run_devices"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "query_run_devices_querying" ON "query_run_devices" USING btree ("changed_at") WHERE "query_run_devices"."state" = 'querying';--> statement-breakpoint
CREATE INDEX "query_runs_open" ON "query_runs" USING btree ("id") WHERE "query_runs"."ended_at" is null;