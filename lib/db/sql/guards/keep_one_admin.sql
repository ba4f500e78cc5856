create or replace function keep_one_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM users WHERE role = 'admin' AND disabled_at IS NULL) THEN
    RAISE EXCEPTION 'the lab keeps one admin at least' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

create or replace trigger keeps_one_admin after update on users
  for each row when ((old.role = 'admin') and (old.disabled_at is null) and ((new.role <> 'admin') or (new.disabled_at is not null))) execute function keep_one_admin();
