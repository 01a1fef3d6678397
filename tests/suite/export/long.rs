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

/// A cell of a megabyte was folded in the square of its length.
#[test]
fn of_a_text_longer_than_anybody_reads_the_beginning_is_shown() {
    let blanks = "x ".repeat(500_000);
    let solid = "é".repeat(1_000_000);
    let rows = batch(vec![
        ("n", Arc::new(Int64Array::from(vec![1, 2, 3]))),
        ("text", Arc::new(StringArray::from(vec![blanks.as_str(), &solid, "short"]))),
    ]);
    for width in [Some(80), Some(20), None] {
        let options = Options { width, ..Options::default() };
        let text = with(&options, Format::Table, slice::from_ref(&rows));
        assert!(text.lines().count() < 2_000 && text.len() < 100_000, "{width:?}: {}", text.len());
        assert!(text.contains("990000") && text.contains("short"), "{width:?}");
        let longest = text.lines().map(|line| line.chars().count()).max();
        assert!(width.is_none() || longest <= width, "{longest:?} in {width:?}");
    }
    // Programs and who reads one record closely have it whole.
    for format in [Format::Csv, Format::Ndjson, Format::Records, Format::Markdown] {
        assert!(written(format, slice::from_ref(&rows)).contains(&solid), "{format}");
    }
}

#[test]
fn a_text_is_folded_at_blanks_and_else_where_it_must_be() {
    let texts = [
        "one two three",
        "onetwothreefour",
        "  a indented line",
        "日本語日本語日本語 x",
        "a            b",
        "",
    ];
    let rows = batch(vec![
        ("n", Arc::new(Int64Array::from(vec![1; 6]))),
        ("text", Arc::new(StringArray::from(texts.to_vec()))),
    ]);
    let options = Options { width: Some(18), ..Options::default() };
    insta::assert_snapshot!(with(&options, Format::Table, &[rows]), @"
     n | text
    ---+--------------
     1 | one two
       | three
     1 | onetwothreef
       | our
     1 |   a indented
       | line
     1 | 日本語日本語
       | 日本語 x
     1 | a
       | b
     1 |
    ");
}

/// `explain` answers with lines, which stood side by side as `\n`.
#[test]
fn a_plan_is_shown_in_lines() {
    let plan = "Sort: a\n  Filter: b\u{1b}[2J\n    Scan: c";
    let rows = batch(vec![
        ("plan_type", Arc::new(StringArray::from(vec!["logical_plan", "physical_plan"]))),
        ("plan", Arc::new(StringArray::from(vec![plan, "Scan"]))),
    ]);
    insta::assert_snapshot!(written(Format::Table, slice::from_ref(&rows)), @r"
     plan_type     | plan
    ---------------+--------------------
     logical_plan  | Sort: a
                   |   Filter: b\x1b[2J
                   |     Scan: c
     physical_plan | Scan
    ");
    insta::assert_snapshot!(written(Format::Records, slice::from_ref(&rows)), @r"
    -- 1 --
    plan_type | logical_plan
    plan      | Sort: a
              |   Filter: b\x1b[2J
              |     Scan: c
    -- 2 --
    plan_type | physical_plan
    plan      | Scan
    ");
    assert!(written(Format::Csv, &[rows]).contains("Sort: a\n  Filter"));
}
