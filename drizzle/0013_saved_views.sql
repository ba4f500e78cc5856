CREATE TABLE "saved_views" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"page" text NOT NULL,
	"query" text NOT NULL,
	"shared" boolean NOT NULL,
	"owner_id" text NOT NULL,
	"owner_name" text NOT NULL,
	"saved_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "a_view_has_a_name" CHECK (length(btrim("saved_views"."name")) >= 1),
	CONSTRAINT "a_view_name_is_short" CHECK (length("saved_views"."name") <= 80),
	CONSTRAINT "a_view_is_of_a_page" CHECK ("saved_views"."page" in ('outcomes', 'survival', 'flow', 'trials')),
	CONSTRAINT "the_filters_of_a_view_are_short" CHECK (length("saved_views"."query") <= 4000)
);
--> statement-breakpoint
CREATE UNIQUE INDEX "one_view_of_a_name_per_person" ON "saved_views" USING btree ("owner_id",lower("name"));--> statement-breakpoint
CREATE UNIQUE INDEX "one_shared_view_of_a_name" ON "saved_views" USING btree (lower("name")) WHERE "saved_views"."shared";--> statement-breakpoint
CREATE INDEX "saved_views_by_owner" ON "saved_views" USING btree ("owner_id");