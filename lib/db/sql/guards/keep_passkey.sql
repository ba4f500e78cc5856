create or replace function keep_passkey() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.user_id, NEW.credential_id, NEW.public_key) IS DISTINCT FROM (OLD.user_id, OLD.credential_id, OLD.public_key) THEN
    RAISE EXCEPTION 'a passkey stays the key of its person' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger stays before update on passkeys for each row execute function keep_passkey();
