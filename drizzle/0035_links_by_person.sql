CREATE INDEX "person_links_by_person" ON "person_links" USING btree ("person_id") WHERE person_id is not null;
