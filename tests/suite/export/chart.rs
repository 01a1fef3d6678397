//! Answers that are drawn.

use super::*;

/// A second apart, at a minute of 2026.
fn seconds(values: impl IntoIterator<Item = (i64, Option<f64>)>) -> RecordBatch {
    let (at, values): (Vec<i64>, Vec<Option<f64>>) =
        values.into_iter().map(|(second, value)| (1_795_363_860_000_000 + second * 1_000_000, value)).unzip();
    batch(vec![
        ("ts", Arc::new(TimestampMicrosecondArray::from(at).with_timezone("UTC"))),
        ("cpu", Arc::new(Float64Array::from(values))),
    ])
}

#[test]
fn a_chart_rises_where_numbers_do() {
    let rise = seconds((0..60).map(|second| (second, Some(second as f64))));
    let options = Options { width: Some(30), ..Options::default() };
    insta::assert_snapshot!(with(&options, Format::Chart, &[rise]), @"
        cpu: min 0, max 59, last 59
    59 ┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣠⠞
       │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣀⡼⠁
       │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⡼⠁
       │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣰⠋
       │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢠⠞⠁
       │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢠⠖⠋
       │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⡴⠋
       │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣠⠞
       │⠀⠀⠀⠀⠀⠀⠀⠀⣠⠼⠁
       │⠀⠀⠀⠀⠀⠀⢀⡼⠁
       │⠀⠀⠀⠀⠀⣰⠋
       │⠀⠀⠀⢠⠞⠁
       │⠀⢠⠞⠉
     0 ┤⡴⠋
       └────────────────────────
       2026-11-22 16:11:00Z 16:11:59Z
    ");
    // The order of rows is nothing to it.
    let shuffled = seconds((0..60).map(|n| n * 37 % 60).map(|second| (second, Some(second as f64))));
    let ordered = seconds((0..60).map(|second| (second, Some(second as f64))));
    assert_eq!(written(Format::Chart, &[shuffled]), written(Format::Chart, &[ordered]));
}

#[test]
fn one_high_value_among_very_many_is_drawn() {
    let day = seconds((0..86_400).map(|second| (second, Some(if second == 50_000 { 100.0 } else { 1.0 }))));
    let text = written(Format::Chart, &[day]);
    assert!(text.contains("cpu: min 1, max 100, last 1"), "{text}");
    let top = text.lines().nth(1).unwrap();
    let dots = top.chars().filter(|c| ('\u{2801}'..='\u{28ff}').contains(c)).count();
    assert!((1..=2).contains(&dots), "the spike alone reaches the top:\n{text}");
    let column = top.chars().count() as f64 / 80.0;
    assert!((column - 50_000.0 / 86_400.0).abs() < 0.05, "and stands where it was:\n{text}");
}

#[test]
fn a_pause_in_a_chart_stays_empty() {
    let paused =
        seconds((0..100).filter(|second| !(40..60).contains(second)).map(|second| (second, Some(5.0))));
    let text = written(Format::Chart, &[paused]);
    let line: String = text.lines().nth(1).unwrap().chars().skip_while(|c| *c != '┤').skip(1).collect();
    let blank = line.chars().filter(|c| *c == '\u{2800}').count();
    assert!((12..=18).contains(&blank), "a fifth of {} is blank:\n{text}", line.chars().count());
    // What is unknown is not zero: nothing goes down to the bottom.
    let unknown = seconds((0..100).map(|second| (second, (second != 50).then_some(5.0))));
    assert!(written(Format::Chart, &[unknown]).contains("min 5, max 5, last 5"));
}

#[test]
fn a_chart_has_a_panel_a_text_and_says_what_it_needs() {
    let rows = seconds((0..20).map(|second| (second / 2, Some((second % 2 * 10) as f64))));
    let devices: StringArray = (0..20).map(|n| Some(if n % 2 == 0 { "sda" } else { "s\x1bdb" })).collect();
    let with_text = RecordBatch::try_from_iter(vec![
        ("ts", rows.column(0).clone()),
        ("device", Arc::new(devices) as ArrayRef),
        ("busy", rows.column(1).clone()),
    ]);
    let text = written(Format::Chart, &[with_text.unwrap()]);
    let panels: Vec<&str> = text.lines().filter(|line| line.contains("min ")).map(str::trim).collect();
    assert_eq!(panels, ["s\\x1bdb busy: min 10, max 10, last 10", "sda busy: min 0, max 0, last 0"]);
    let refused = |rows: RecordBatch| {
        write(Format::Chart, &rows.schema(), [&rows], &mut Vec::new(), &Options::default())
            .unwrap_err()
            .to_string()
    };
    assert!(refused(rows.project(&[1]).unwrap()).contains("select ts"));
    assert!(refused(rows.project(&[0]).unwrap()).contains("column of numbers"));
    for width in [None, Some(0), Some(1), Some(40), Some(500)] {
        let longest =
            with(&Options { width, ..Options::default() }, Format::Chart, std::slice::from_ref(&rows));
        let longest = longest.lines().skip(1).map(|line| line.chars().count()).max().unwrap();
        assert!(longest <= width.unwrap_or(80).max(45), "{longest} in {width:?}");
    }
}
