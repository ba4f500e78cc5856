CREATE TABLE "counted_devices" (
	"device_id" uuid PRIMARY KEY NOT NULL,
	"simulated" boolean NOT NULL,
	"platform" text NOT NULL,
	"version" text NOT NULL,
	"unused" boolean NOT NULL,
	"in_trial" boolean NOT NULL,
	"held" boolean NOT NULL,
	"qualified" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "device_counts" (
	"simulated" boolean NOT NULL,
	"platform" text NOT NULL,
	"version" text NOT NULL,
	"unused" boolean NOT NULL,
	"in_trial" boolean NOT NULL,
	"held" boolean NOT NULL,
	"qualified" boolean NOT NULL,
	"devices" integer NOT NULL,
	CONSTRAINT "device_counts_pk" PRIMARY KEY("simulated","platform","version","unused","in_trial","held","qualified"),
	CONSTRAINT "a_count_is_of_devices" CHECK ("device_counts"."devices" > 0)
);
--> statement-breakpoint
CREATE INDEX "device_verdicts_to_end" ON "device_verdicts" USING btree ("stale_at","device_id") WHERE "device_verdicts"."overall" = 'qualified';--> statement-breakpoint
CREATE INDEX "devices_by_end_of_hold" ON "devices" USING btree ("hold_until") WHERE "devices"."hold_reason" is not null;