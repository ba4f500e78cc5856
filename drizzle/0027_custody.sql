CREATE TABLE "custodies" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "custodies_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"holder_id" text NOT NULL,
	"holder_name" text NOT NULL,
	"place" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"began" text NOT NULL,
	"hand_over_id" bigint,
	"reason" text,
	"ended_at" timestamp with time zone,
	"ended_by_id" text,
	"ended_by_name" text,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "custodies_hand_over_id_unique" UNIQUE("hand_over_id"),
	CONSTRAINT "a_custody_begins_in_one_of_three_ways" CHECK ("custodies"."began" in ('taken', 'accepted', 'takenOver')),
	CONSTRAINT "an_accepted_custody_has_its_hand_over" CHECK (("custodies"."began" = 'accepted') = ("custodies"."hand_over_id" is not null)),
	CONSTRAINT "who_takes_over_says_why" CHECK (("custodies"."began" = 'takenOver') = ("custodies"."reason" is not null) and ("custodies"."reason" is null or length(btrim(coalesce("custodies"."reason", ''))) >= 3)),
	CONSTRAINT "an_end_has_its_person" CHECK (num_nulls("custodies"."ended_at", "custodies"."ended_by_id", "custodies"."ended_by_name") in (0, 3)),
	CONSTRAINT "a_custody_ends_after_it_began" CHECK ("custodies"."ended_at" >= "custodies"."since"),
	CONSTRAINT "a_custody_has_a_place" CHECK (length(btrim("custodies"."place")) >= 1)
);
--> statement-breakpoint
CREATE TABLE "hand_overs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "hand_overs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"from_id" text,
	"to_id" text NOT NULL,
	"to_name" text NOT NULL,
	"place" text NOT NULL,
	"note" text NOT NULL,
	"offered_at" timestamp with time zone NOT NULL,
	"offered_by_id" text NOT NULL,
	"offered_by_name" text NOT NULL,
	"answer" text,
	"answered_at" timestamp with time zone,
	"answered_by_id" text,
	"answered_by_name" text,
	"answer_reason" text,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "an_answer_is_one_of_three" CHECK ("hand_overs"."answer" is null or "hand_overs"."answer" in ('accepted', 'refused', 'withdrawn')),
	CONSTRAINT "an_answer_has_its_person_and_time" CHECK (num_nulls("hand_overs"."answer", "hand_overs"."answered_at", "hand_overs"."answered_by_id", "hand_overs"."answered_by_name") in (0, 4)),
	CONSTRAINT "a_no_says_why" CHECK (("hand_overs"."answer_reason" is not null) = ("hand_overs"."answer" in ('refused', 'withdrawn'))),
	CONSTRAINT "a_hand_over_names_a_place" CHECK (length(btrim("hand_overs"."place")) >= 1),
	CONSTRAINT "a_place_is_short" CHECK (length("hand_overs"."place") <= 100)
);
--> statement-breakpoint
ALTER TABLE "custodies" ADD CONSTRAINT "custodies_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "custodies" ADD CONSTRAINT "custodies_hand_over_id_hand_overs_id_fk" FOREIGN KEY ("hand_over_id") REFERENCES "public"."hand_overs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hand_overs" ADD CONSTRAINT "hand_overs_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_open_custody_per_device" ON "custodies" USING btree ("device_id") WHERE "custodies"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "custodies_by_device" ON "custodies" USING btree ("device_id","id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "custodies_by_holder" ON "custodies" USING btree ("holder_id") WHERE "custodies"."ended_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "one_pending_hand_over_per_device" ON "hand_overs" USING btree ("device_id") WHERE "hand_overs"."answer" is null;--> statement-breakpoint
CREATE INDEX "hand_overs_by_device" ON "hand_overs" USING btree ("device_id","id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "hand_overs_to" ON "hand_overs" USING btree ("to_id") WHERE "hand_overs"."answer" is null;