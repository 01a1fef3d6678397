//! Names of users by sysinfo: all that the system lists, asked aside of the tick, as a directory may take
//! its time.

use std::collections::HashMap;
use std::time::Duration;

use sysinfo::{Uid, Users};

use crate::collect::Host;
use crate::collect::aside::{About, Answer};
use crate::schema::Text;

/// How often the list is asked for.
const ASK_EVERY: Duration = Duration::from_secs(60);

/// The users of this host.
#[derive(Default)]
pub struct UserNames {
    answer: Answer<HashMap<Uid, Text>>,
    names: Option<HashMap<Uid, Text>>,
}

impl UserNames {
    /// Asks for the list now and then, and waits a moment for the first.
    pub fn refresh(&mut self, host: &Host) {
        self.answer.renew(&host.aside, About::Other, host.now, ASK_EVERY, || {
            let users = Users::new_with_refreshed_list();
            let named = users.list().iter().filter(|user| !user.name().is_empty());
            named.map(|user| (user.id().clone(), Text::from(user.name()))).collect()
        });
        let patience = if self.names.is_none() { host.patience } else { Duration::ZERO };
        if let Some(names) = self.answer.take(patience) {
            self.names = Some(names);
        }
    }

    /// What a user is called; `None` where nobody has said.
    pub fn name(&self, user: &Uid) -> Option<Text> {
        self.names.as_ref()?.get(user).cloned()
    }
}
