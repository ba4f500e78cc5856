CREATE TABLE "bookings" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"device_id" uuid NOT NULL,
	"protocol_version_id" uuid NOT NULL,
	"target" text NOT NULL,
	"expectation" text NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	"booked_at" timestamp with time zone NOT NULL,
	"booked_by_id" text NOT NULL,
	"booked_by_name" text NOT NULL,
	"trial_id" uuid,
	"end_kind" text,
	"ended_at" timestamp with time zone,
	"ended_by_id" text,
	"ended_by_name" text,
	"end_reason" text,
	CONSTRAINT "a_booking_ends_after_its_start" CHECK ("bookings"."starts_at" < "bookings"."ends_at"),
	CONSTRAINT "a_booking_is_not_for_ever" CHECK ("bookings"."ends_at" <= "bookings"."starts_at" + interval '336 hours'),
	CONSTRAINT "a_booking_has_a_target" CHECK (length(btrim("bookings"."target")) >= 1),
	CONSTRAINT "a_booking_says_what_is_expected" CHECK (length(btrim("bookings"."expectation")) >= 1),
	CONSTRAINT "a_booking_ends_in_one_way" CHECK ("bookings"."end_kind" in ('withdrawn', 'takenOver', 'givenBack')),
	CONSTRAINT "an_end_of_a_booking_has_a_person" CHECK (("bookings"."end_kind" is null) = ("bookings"."ended_at" is null) and ("bookings"."end_kind" is null) = ("bookings"."ended_by_id" is null) and ("bookings"."end_kind" is null) = ("bookings"."ended_by_name" is null)),
	CONSTRAINT "another_person_ends_a_booking_with_a_reason" CHECK ("bookings"."end_kind" is null or "bookings"."end_kind" = 'givenBack' or ("bookings"."end_kind" = 'withdrawn' and "bookings"."ended_by_id" = "bookings"."booked_by_id") or length(btrim(coalesce("bookings"."end_reason", ''))) >= 3)
);
--> statement-breakpoint
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_protocol_version_id_protocol_versions_id_fk" FOREIGN KEY ("protocol_version_id") REFERENCES "public"."protocol_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_booking_per_trial" ON "bookings" USING btree ("trial_id");--> statement-breakpoint
CREATE INDEX "bookings_by_device" ON "bookings" USING btree ("device_id","starts_at");--> statement-breakpoint
CREATE INDEX "bookings_by_time" ON "bookings" USING btree ("simulated","starts_at");