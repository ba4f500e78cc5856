-- A lock is signed as a lock. What was signed as an approval before stays as it was signed.
ALTER TABLE "signatures" DROP CONSTRAINT "an_act_has_its_meaning";--> statement-breakpoint
ALTER TABLE "signatures" ADD CONSTRAINT "an_act_has_its_meaning" CHECK ((act, meaning) IN (
	('release', 'release'), ('counterSign', 'release'),
	('waive', 'responsibility'), ('overrule', 'responsibility'), ('withdrawCommand', 'responsibility'),
	('voidTrial', 'responsibility'), ('unlock', 'responsibility'),
	('author', 'authorship'), ('review', 'review'), ('approve', 'approval'), ('lock', 'lock'), ('lock', 'approval')
));
