CREATE TABLE "catalogue_fetches" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "catalogue_fetches_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"source" text NOT NULL,
	"scope" text DEFAULT '' NOT NULL,
	"day" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"result" text,
	"reason" text,
	"import_id" bigint,
	CONSTRAINT "a_source_is_known" CHECK ("catalogue_fetches"."source" in ('pmv', 'sofa', 'ipsw', 'appledb')),
	CONSTRAINT "a_fetch_ends_in_a_known_way" CHECK ("catalogue_fetches"."result" in ('stored', 'unchanged', 'refused', 'failed')),
	CONSTRAINT "a_fetch_has_an_end_or_none" CHECK (("catalogue_fetches"."ended_at" is null) = ("catalogue_fetches"."result" is null))
);
--> statement-breakpoint
CREATE TABLE "catalogue_files" (
	"sha256" text PRIMARY KEY NOT NULL,
	"bytes" "bytea" NOT NULL,
	"first_at" timestamp with time zone NOT NULL,
	CONSTRAINT "a_file_has_its_hash" CHECK ("catalogue_files"."sha256" = encode(sha256("catalogue_files"."bytes"), 'hex'))
);
--> statement-breakpoint
CREATE TABLE "catalogue_imports" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "catalogue_imports_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"state" text NOT NULL,
	"kind" text,
	"scope" text DEFAULT '' NOT NULL,
	"file_sha256" text NOT NULL,
	"file_name" text NOT NULL,
	"way" text NOT NULL,
	"read_on" text NOT NULL,
	"imported_at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"schema_version" text,
	"problems" jsonb NOT NULL,
	"remarks" jsonb NOT NULL,
	"facts" integer NOT NULL,
	"facts_of" bigint,
	CONSTRAINT "an_import_is_accepted_or_refused" CHECK ("catalogue_imports"."state" in ('accepted', 'refused')),
	CONSTRAINT "a_feed_is_of_a_known_kind" CHECK ("catalogue_imports"."kind" in ('pmv', 'sofa', 'ipswDevice', 'ipswDevices', 'appledbOs', 'appledbDevices')),
	CONSTRAINT "an_import_came_in_a_known_way" CHECK ("catalogue_imports"."way" in ('upload', 'fetch')),
	CONSTRAINT "a_reading_has_its_day" CHECK ("catalogue_imports"."read_on" ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT "what_is_accepted_has_a_kind_and_no_problem" CHECK (("catalogue_imports"."state" = 'accepted') = ("catalogue_imports"."kind" is not null and "catalogue_imports"."problems" = '[]'::jsonb))
);
--> statement-breakpoint
CREATE TABLE "catalogue_listings" (
	"import_id" bigint NOT NULL,
	"place" integer NOT NULL,
	"family" text NOT NULL,
	"version" text NOT NULL,
	"extra" text,
	"build" text,
	"devices" text[] NOT NULL,
	"set" text NOT NULL,
	"posted" text,
	"posted_precision" text,
	"until" text,
	"until_precision" text,
	"prerequisite" text,
	CONSTRAINT "catalogue_listings_import_id_place_pk" PRIMARY KEY("import_id","place"),
	CONSTRAINT "a_listing_is_of_a_known_set" CHECK ("catalogue_listings"."set" in ('public', 'managed', 'background')),
	CONSTRAINT "a_posting_has_its_precision" CHECK (("catalogue_listings"."posted" is null) = ("catalogue_listings"."posted_precision" is null)),
	CONSTRAINT "an_end_has_its_precision" CHECK (("catalogue_listings"."until" is null) = ("catalogue_listings"."until_precision" is null)),
	CONSTRAINT "a_posting_is_of_a_known_precision" CHECK ("catalogue_listings"."posted_precision" in ('year', 'month', 'day', 'time')),
	CONSTRAINT "an_end_is_of_a_known_precision" CHECK ("catalogue_listings"."until_precision" in ('year', 'month', 'day', 'time'))
);
--> statement-breakpoint
CREATE TABLE "catalogue_names" (
	"import_id" bigint NOT NULL,
	"place" integer NOT NULL,
	"device" text NOT NULL,
	"name" text NOT NULL,
	CONSTRAINT "catalogue_names_import_id_place_pk" PRIMARY KEY("import_id","place")
);
--> statement-breakpoint
CREATE TABLE "catalogue_releases" (
	"import_id" bigint NOT NULL,
	"place" integer NOT NULL,
	"family" text NOT NULL,
	"version" text NOT NULL,
	"extra" text,
	"build" text,
	"devices" text[] NOT NULL,
	"released" text,
	"released_precision" text,
	"marks" text[] NOT NULL,
	"claimed_builds" text[] NOT NULL,
	CONSTRAINT "catalogue_releases_import_id_place_pk" PRIMARY KEY("import_id","place"),
	CONSTRAINT "a_release_has_its_precision" CHECK (("catalogue_releases"."released" is null) = ("catalogue_releases"."released_precision" is null)),
	CONSTRAINT "a_release_is_of_a_known_precision" CHECK ("catalogue_releases"."released_precision" in ('year', 'month', 'day', 'time')),
	CONSTRAINT "marks_are_known" CHECK ("catalogue_releases"."marks" <@ array['beta', 'candidate', 'response', 'internal', 'preinstalled']::text[])
);
--> statement-breakpoint
CREATE TABLE "catalogue_signings" (
	"import_id" bigint NOT NULL,
	"place" integer NOT NULL,
	"family" text NOT NULL,
	"version" text NOT NULL,
	"extra" text,
	"build" text NOT NULL,
	"devices" text[] NOT NULL,
	"signed" boolean NOT NULL,
	CONSTRAINT "catalogue_signings_import_id_place_pk" PRIMARY KEY("import_id","place")
);
--> statement-breakpoint
ALTER TABLE "catalogue_fetches" ADD CONSTRAINT "catalogue_fetches_import_id_catalogue_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."catalogue_imports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "catalogue_imports" ADD CONSTRAINT "catalogue_imports_file_sha256_catalogue_files_sha256_fk" FOREIGN KEY ("file_sha256") REFERENCES "public"."catalogue_files"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "catalogue_imports" ADD CONSTRAINT "catalogue_imports_facts_of_catalogue_imports_id_fk" FOREIGN KEY ("facts_of") REFERENCES "public"."catalogue_imports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "catalogue_listings" ADD CONSTRAINT "catalogue_listings_import_id_catalogue_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."catalogue_imports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "catalogue_names" ADD CONSTRAINT "catalogue_names_import_id_catalogue_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."catalogue_imports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "catalogue_releases" ADD CONSTRAINT "catalogue_releases_import_id_catalogue_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."catalogue_imports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "catalogue_signings" ADD CONSTRAINT "catalogue_signings_import_id_catalogue_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."catalogue_imports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_fetch_a_day" ON "catalogue_fetches" USING btree ("source","scope","day");--> statement-breakpoint
CREATE INDEX "catalogue_imports_newest" ON "catalogue_imports" USING btree ("kind","scope","read_on","id");