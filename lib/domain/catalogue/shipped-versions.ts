import type { Release } from './feed'
import type { Sourced } from './sourced'

// Shipped, so that a lab without a connection knows the versions its trials start from. Versions and builds:
// https://github.com/mvt-project/mvt/blob/main/src/mvt/ios/data/ios_versions.json, read 2026-08-19, further builds of
// https://github.com/littlebyteorg/appledb; days of release: https://github.com/endoflife-date/release-data/blob/f626bdef/releases/ios.json,
// those of 2026 as https://endoflife.date answered on 2026-09-29. Not from SOFA's apple_security_releases.json: several
// of its days are those on which a page was edited. Devices: not in these tables, so not known here.

/** The day of the newest of these tables. */
const madeOn = '2026-09-29'

/** Version, builds, day of release. A build that is missing here says nothing: devices show further ones. */
const versions: readonly (readonly [
  version: string,
  builds: readonly string[],
  released: string,
])[] = [
  ['10.3', ['14E277'], '2017-03-27'],
  ['10.3.1', ['14E304'], '2017-04-03'],
  ['10.3.2', ['14F89', '14F90', '14F91'], '2017-05-15'],
  ['10.3.3', ['14G60'], '2017-07-19'],
  ['10.3.4', ['14G61'], '2019-07-22'],
  ['11.0', ['15A372'], '2017-09-19'],
  ['11.0.1', ['15A402', '15A403'], '2017-09-26'],
  ['11.0.2', ['15A421'], '2017-10-03'],
  ['11.0.3', ['15A432'], '2017-10-11'],
  ['11.1', ['15B93'], '2017-10-31'],
  ['11.1.1', ['15B150'], '2017-11-09'],
  ['11.1.2', ['15B202'], '2017-11-16'],
  ['11.2', ['15C114'], '2017-12-02'],
  ['11.2.1', ['15C153'], '2017-12-13'],
  ['11.2.2', ['15C202'], '2018-01-08'],
  ['11.2.5', ['15D60'], '2018-01-23'],
  ['11.2.6', ['15D100'], '2018-02-19'],
  ['11.3', ['15E216', '15E218'], '2018-03-29'],
  ['11.3.1', ['15E302'], '2018-04-24'],
  ['11.4', ['15F79'], '2018-05-29'],
  ['11.4.1', ['15G77'], '2018-07-09'],
  ['12.0', ['16A366', '16A367'], '2018-09-17'],
  ['12.0.1', ['16A404', '16A405'], '2018-10-08'],
  ['12.1', ['16B92', '16B93', '16B94'], '2018-10-30'],
  ['12.1.1', ['16C50'], '2018-12-05'],
  ['12.1.2', ['16C101', '16C104'], '2018-12-17'],
  ['12.1.3', ['16D39', '16D40'], '2019-01-22'],
  ['12.1.4', ['16D57'], '2019-02-07'],
  ['12.2', ['16E227'], '2019-03-25'],
  ['12.3', ['16F156'], '2019-05-13'],
  ['12.3.1', ['16F203'], '2019-05-24'],
  ['12.3.2', ['16F250'], '2019-06-10'],
  ['12.4', ['16G77'], '2019-07-22'],
  ['12.4.1', ['16G102'], '2019-08-26'],
  ['12.4.2', ['16G114'], '2019-09-26'],
  ['12.4.3', ['16G130'], '2019-10-28'],
  ['12.4.4', ['16G140'], '2019-12-10'],
  ['12.4.5', ['16G161'], '2020-01-28'],
  ['12.4.6', ['16G183'], '2020-03-24'],
  ['12.4.7', ['16G192'], '2020-05-20'],
  ['12.4.8', ['16G201'], '2020-07-15'],
  ['12.4.9', ['16H5'], '2020-11-05'],
  ['12.5', ['16H20'], '2020-12-14'],
  ['12.5.1', ['16H22'], '2021-01-11'],
  ['12.5.2', ['16H30'], '2021-03-26'],
  ['12.5.3', ['16H41'], '2021-05-03'],
  ['12.5.4', ['16H50'], '2021-06-14'],
  ['12.5.5', ['16H62'], '2021-09-23'],
  ['12.5.6', ['16H71'], '2022-08-31'],
  ['12.5.7', ['16H81'], '2023-01-23'],
  ['12.5.8', ['16H88'], '2026-01-26'],
  ['18.7.10', [], '2026-08-17'],
  ['26.7.1', [], '2026-09-28'],
  ['27.0', [], '2026-09-14'],
  ['27.0.1', [], '2026-09-28'],
]

/** Releases of iOS from 10.3 to 12.5.8, and the newest when the table was made. */
export const shippedReleases: readonly Sourced<Release>[] = versions.flatMap(
  ([version, builds, day]) => {
    const about = {
      ...{ family: 'iOS', version, devices: [], marks: [] },
      released: { text: day, precision: 'day' as const },
      source: { kind: 'shipped' as const, readOn: madeOn },
    }
    return builds.length === 0 ? [about] : builds.map((build) => ({ ...about, build }))
  },
)
