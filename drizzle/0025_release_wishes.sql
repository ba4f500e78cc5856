-- While somebody is about to release on a device, the trial's own questions wait.
CREATE TABLE "release_wishes" (
  "device_id" uuid PRIMARY KEY NOT NULL REFERENCES "devices"("id"),
  "until" timestamp with time zone NOT NULL,
  "by_name" text NOT NULL
);
