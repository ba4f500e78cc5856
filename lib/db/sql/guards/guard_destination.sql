-- A command goes where it was released to. When it is reserved, the database writes down address, kind and key of its
-- server as they are; an intervention's must be those its signature names; when it is sent, they must still be so.
create or replace function guard_destination() returns trigger language plpgsql as $$
declare
  server mdm_servers%rowtype;
  -- Where declarations go: a server of their own, or the MDM server itself.
  place text;
  place_key text;
  destination jsonb;
  is_reserved boolean := new.state = 'reserved' and (tg_op = 'INSERT' or old.state <> 'reserved');
begin
  if tg_op = 'UPDATE' and not is_reserved
     and (new.server_url, new.server_kind, new.server_key_sha256, new.declarations_url, new.declarations_key_sha256)
       is distinct from (old.server_url, old.server_kind, old.server_key_sha256, old.declarations_url, old.declarations_key_sha256) then
    raise exception 'where command % goes never changes', old.command_uuid using errcode = 'integrity_constraint_violation';
  end if;
  if not is_reserved and (tg_op = 'INSERT' or new.state <> 'sending' or old.state = 'sending') then return new; end if;
  -- Locked until this transaction ends, so that an edit of the server comes entirely before or after it.
  select * into server from mdm_servers where id = new.mdm_server_id for share;
  if new.request_type = {{enforcement_type}} then
    place := coalesce(server.declarations_url, server.url);
    place_key := case when server.declarations_url is null then server.api_key_sha256 else server.declarations_key_sha256 end;
  end if;
  if is_reserved then
    new.declarations_url := place;
    new.declarations_key_sha256 := place_key;
    destination := jsonb_build_object('url', server.url, 'kind', server.kind, 'keySha256', server.api_key_sha256);
    if place is not null then
      destination := destination || jsonb_build_object('declarations', jsonb_build_object('url', place, 'keySha256', place_key));
    end if;
    new.server_url := server.url;
    new.server_kind := server.kind;
    new.server_key_sha256 := server.api_key_sha256;
    if new.purpose = 'intervention' and not exists (
      select from signatures s where s.id = new.signature_id and s.details -> 'sendsTo' = destination
    ) then
      raise exception 'the release of command % is not signed for %', new.command_uuid, server.url
        using errcode = 'integrity_constraint_violation';
    end if;
  elsif (new.server_url, new.server_kind, new.server_key_sha256, new.declarations_url, new.declarations_key_sha256)
      is distinct from (server.url, server.kind, server.api_key_sha256, place, place_key) then
    raise exception 'command % was reserved for %, its server is now % or has another key',
      new.command_uuid, coalesce(new.server_url, 'no known address'), server.url
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger sends_where_it_was_released before insert or update on commands
  for each row execute function guard_destination();
