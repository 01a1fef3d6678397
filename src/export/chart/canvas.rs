//! Dots in braille: a character is two of them wide and four high.

/// The bit of each dot of a character, by column and row.
const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// The character without a dot.
const BLANK: u32 = 0x2800;

pub(super) struct Canvas {
    columns: usize,
    cells: Vec<u8>,
}

impl Canvas {
    /// An empty one of so many characters.
    pub(super) fn new(columns: usize, lines: usize) -> Canvas {
        Canvas { columns, cells: vec![0; columns * lines] }
    }

    /// Sets a dot, counted from the left and from the top; outside there is none.
    fn dot(&mut self, x: usize, y: usize) {
        if let Some(cell) = self.cells.get_mut(y / 4 * self.columns + x / 2) {
            *cell |= BITS[x % 2][y % 4];
        }
    }

    /// A line between two dots, both drawn. In each column all it passes is set, so that a steep one is whole.
    pub(super) fn line(&mut self, from: (usize, usize), to: (usize, usize)) {
        let (left, right) = if from.0 <= to.0 { (from, to) } else { (to, from) };
        let (run, rise) = ((right.0 - left.0) as i64, right.1 as i64 - left.1 as i64);
        // Where the line is after so many half columns, rounded.
        let at = |halves: i64| left.1 as i64 + (rise * halves + run).div_euclid(2 * run.max(1));
        for x in left.0..=right.0 {
            let step = 2 * (x - left.0) as i64;
            let begin = if x == left.0 { left.1 as i64 } else { at(step - 1) };
            let end = if x == right.0 { right.1 as i64 } else { at(step + 1) };
            for y in begin.min(end)..=begin.max(end) {
                self.dot(x, y as usize);
            }
        }
    }

    /// The lines from the top, with no blanks at their ends.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        self.cells.chunks(self.columns).map(|cells| {
            let text: String =
                cells.iter().filter_map(|bits| char::from_u32(BLANK + u32::from(*bits))).collect();
            text.trim_end_matches('\u{2800}').to_string()
        })
    }
}
