//! Tables of more rows than are looked at before the first is written.

use super::*;

#[test]
fn the_first_thousand_rows_of_a_table_say_how_wide_it_is() {
    let line_of = |text: &str, row: usize| text.lines().nth(2 + row).unwrap().to_string();
    let text = written(Format::Table, &[counted(2_500)]);
    // A longer number or word makes its column wider from there on, and is not cut.
    assert_eq!(line_of(&text, 7), "   7 |           |   1");
    assert!(line_of(&text, 999).starts_with(" 999 | xxxxxxxxx |"), "{}", line_of(&text, 999));
    assert!(line_of(&text, 1000).starts_with(" 1000 | xxxxxxxxxx "), "{}", line_of(&text, 1000));
    assert!(
        line_of(&text, 2499).starts_with(" 2499 | xxxxxxxxxxxxxxxxxxxxxxxx |"),
        "{}",
        line_of(&text, 2499)
    );
    // In a terminal words that are longer wrap where there is no room.
    let options = Options { width: Some(25), ..Options::default() };
    let text = with(&options, Format::Table, &[counted(2_500)]);
    let longest = text.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(25), "{longest:?}");
    assert!(text.lines().count() > 2 + 2_500, "{text}");
}

#[test]
fn a_table_is_written_while_rows_come() {
    /// Counts what it takes.
    struct Counted(Rc<Cell<usize>>);
    impl Write for Counted {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.set(self.0.get() + bytes.len());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    // Too narrow for columns: the same holds of records.
    for width in [None, Some(10)] {
        let written = Rc::new(Cell::new(0));
        let mut out = Counted(written.clone());
        let options = Options { width, ..Options::default() };
        let mut table = writer(Format::Table, &counted(1).schema(), &mut out, &options);
        table.batch(&counted(999)).unwrap();
        assert_eq!(written.get(), 0);
        table.batch(&counted(1)).unwrap();
        let first = written.get();
        assert!(first > 0);
        table.batch(&counted(2_000)).unwrap();
        assert!(written.get() > 2 * first);
    }
}
