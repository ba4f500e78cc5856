-- Numbers each change of a known issue: the revision of the rule set without a gap, and the issue that it begins. What has
-- ended is not changed any more. One change at a time, so that no two get the same revision.
create or replace function guard_known_issue() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare newest known_issue_changes%rowtype; build text;
begin
  perform pg_advisory_xact_lock(hashtext('known_issue_changes'));
  select coalesce(max(revision), 0) + 1 into new.revision from known_issue_changes;
  if new.kind = 'added' then
    select coalesce(max(issue), 0) + 1 into new.issue from known_issue_changes;
  else
    select * into newest from known_issue_changes where issue = new.issue order by revision desc limit 1;
    if not found or newest.kind = 'ended' then
      raise exception 'K-% is no known issue in force', new.issue using errcode = 'integrity_constraint_violation';
    end if;
  end if;
  if new.kind = 'ended' then
    return new;
  end if;
  if version_rank(new.from_version) is null or new.from_version ~ '\(' then
    raise exception 'the version % is not one', new.from_version using errcode = 'integrity_constraint_violation';
  end if;
  if new.to_version is not null
     and (new.to_version ~ '\(' or coalesce(version_rank(new.to_version) < version_rank(new.from_version), true)) then
    raise exception 'the version % does not follow %', new.to_version, new.from_version using errcode = 'integrity_constraint_violation';
  end if;
  foreach build in array new.builds loop
    if build !~ {{build_pattern}} then
      raise exception 'the build % is not one', build using errcode = 'integrity_constraint_violation';
    end if;
  end loop;
  if new.trial_id is not null
     and not exists (select from trials t where t.id = new.trial_id and not t.simulated and t.state = 'concluded') then
    raise exception 'only a concluded trial of a real device is evidence of a known issue' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger numbers_the_rule_set before insert on known_issue_changes for each row execute function guard_known_issue();
