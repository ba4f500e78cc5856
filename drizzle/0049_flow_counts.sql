CREATE TABLE "flow_counts" (
	"simulated" boolean NOT NULL,
	"state" text NOT NULL,
	"outcome" text NOT NULL,
	"registered" boolean NOT NULL,
	"released" boolean NOT NULL,
	"screened_out_by" text NOT NULL,
	"deviated" boolean NOT NULL,
	"used_before" boolean NOT NULL,
	"against" boolean NOT NULL,
	"trials" integer NOT NULL,
	CONSTRAINT "flow_counts_pk" PRIMARY KEY("simulated","state","outcome","registered","released","screened_out_by","deviated","used_before","against"),
	CONSTRAINT "a_flow_is_of_trials" CHECK ("flow_counts"."trials" > 0)
);
--> statement-breakpoint
CREATE TABLE "trial_flow" (
	"trial_id" uuid PRIMARY KEY NOT NULL,
	"simulated" boolean NOT NULL,
	"state" text NOT NULL,
	"outcome" text NOT NULL,
	"registered" boolean NOT NULL,
	"released" boolean NOT NULL,
	"screened_out_by" text NOT NULL,
	"deviated" boolean NOT NULL,
	"used_before" boolean NOT NULL,
	"against" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "trial_flow_marks" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "trial_flow_marks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL
);
