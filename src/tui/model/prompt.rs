//! A line that is being typed.

/// What the line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Jump,
    JumpOn,
    JumpBack,
    Filter,
    User,
    Command,
    Log,
    Export,
    Question,
    Search,
}

/// The line, and where in it the cursor stands.
#[derive(Clone, Debug)]
pub struct Prompt {
    pub wanted: Wanted,
    pub text: String,
    /// In characters.
    pub place: usize,
}

impl Prompt {
    /// One that has this text in it already.
    pub fn new(wanted: Wanted, text: &str) -> Self {
        Prompt { wanted, text: text.into(), place: text.chars().count() }
    }

    /// A character where the cursor stands.
    pub fn insert(&mut self, c: char) {
        let at = self.byte(self.place);
        self.text.insert(at, c);
        self.place += 1;
    }

    /// Takes the character before the cursor; `false` where there is none.
    pub fn backspace(&mut self) -> bool {
        if self.place == 0 {
            return false;
        }
        self.place -= 1;
        self.delete();
        true
    }

    /// Takes the character at the cursor.
    pub fn delete(&mut self) {
        let at = self.byte(self.place);
        if at < self.text.len() {
            self.text.remove(at);
        }
    }

    /// Takes all before the cursor.
    pub fn clear(&mut self) {
        let at = self.byte(self.place);
        self.text.drain(..at);
        self.place = 0;
    }

    /// Moves the cursor by so many characters.
    pub fn move_by(&mut self, by: i64) {
        let most = self.text.chars().count();
        self.place = self.place.saturating_add_signed(by as isize).min(most);
    }

    fn byte(&self, place: usize) -> usize {
        self.text.char_indices().nth(place).map_or(self.text.len(), |(at, _)| at)
    }
}
