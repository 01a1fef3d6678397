//! Strings of rows that many ticks and processes share, so that a tick allocates only what is new.

use crate::schema::Text;

/// The few words that most rows hold, such as states and policies.
#[derive(Default)]
pub struct Words(Vec<Text>);

impl Words {
    /// The shared copy of a word.
    pub fn get(&mut self, word: &str) -> Text {
        if let Some(known) = self.0.iter().find(|known| &***known == word) {
            return known.clone();
        }
        let new: Text = word.into();
        self.0.push(new.clone());
        new
    }
}

/// Changes a string where it differs; tells whether it did.
pub fn set(slot: &mut Option<Text>, text: Option<&str>) -> bool {
    let differs = slot.as_deref() != text;
    if differs {
        *slot = text.map(Text::from);
    }
    differs
}
