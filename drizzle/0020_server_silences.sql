-- What keeps the worker from an MDM server that does not answer: one row while it is so, none else.
CREATE TABLE "server_silences" (
  "mdm_server_id" uuid PRIMARY KEY NOT NULL REFERENCES "mdm_servers"("id"),
  "since" timestamp with time zone NOT NULL,
  "tries" integer NOT NULL,
  "next_try_at" timestamp with time zone NOT NULL,
  "reason" text NOT NULL,
  CONSTRAINT "a_silence_was_met" CHECK (tries > 0)
);
