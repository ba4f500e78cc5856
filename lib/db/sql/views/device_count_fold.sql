-- What device_counts holds: the equal rows of counted_devices.
create view device_count_fold as
select simulated, platform, version, unused, in_trial, held, qualified, count(*)::int as devices
from counted_devices
group by simulated, platform, version, unused, in_trial, held, qualified;
