//! `power`: what processors count of the energy that they use, and batteries, mains and the like.

mod energy;
mod supply;
mod zone;

use std::time::Duration;

use super::reading::Reading;
use super::{Collector, Error, Host};
use crate::schema::Sample;
use crate::schema::rows::Power;
use zone::Zone;

/// How often zones are looked for; and where there is no supply, whether there is one.
const LIST_EVERY: Duration = Duration::from_secs(60);

/// Reads zones within the tick, and has supplies asked aside: they answer through an embedded controller.
#[derive(Default)]
pub struct PowerCollector {
    zones: Vec<Zone>,
    list_at: Duration,
    supplies: Reading<Vec<Power>>,
    /// There was no supply: when to look again.
    no_supply_until: Option<Duration>,
}

impl Collector for PowerCollector {
    fn name(&self) -> &'static str {
        "power"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["power"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        if host.now >= self.list_at {
            zone::list(host, &mut self.zones);
            self.list_at = host.now + LIST_EVERY;
        }
        sample.power.extend(self.zones.iter_mut().map(|zone| zone.read(host)));
        if self.no_supply_until.is_some_and(|until| host.now < until) {
            return Ok(());
        }
        let mut there = host.elsewhere();
        let told = self.supplies.newest(host, move || supply::read(&mut there));
        let Some((rows, age)) = told else { return Ok(()) };
        self.no_supply_until = rows.is_empty().then(|| host.now + LIST_EVERY);
        let age_us = Some(age.as_micros() as i64);
        sample.power.extend(rows.iter().map(|row| Power { age_us, ..row.clone() }));
        Ok(())
    }
}
