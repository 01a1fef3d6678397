//! Small pure pieces that several parsers share: numbers, and lines of `key value`.

/// A number, or nothing where the text is none. A total beyond `i64` wraps as the kernel's would.
pub fn int(text: &str) -> Option<i64> {
    let text = text.trim();
    text.parse::<i64>().ok().or_else(|| text.parse::<u64>().ok().map(|n| n as i64))
}

/// A number with a point.
pub fn float(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

/// The numbers of a line, in order; what is no number is passed over.
pub fn ints(line: &str) -> impl Iterator<Item = i64> + '_ {
    line.split_ascii_whitespace().filter_map(int)
}

/// The lines of a `key value …` file as (key, rest). A colon behind the key is dropped.
pub fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(pair)
}

/// Such a line. By bytes: `/proc/PID/status` of many processes is most of what is read so.
pub fn pair(line: &str) -> Option<(&str, &str)> {
    let at = line.bytes().position(|byte| matches!(byte, b' ' | b'\t'))?;
    let (key, rest) = line.split_at(at);
    Some((key.strip_suffix(':').unwrap_or(key), rest.trim_ascii()))
}

/// What is before and behind the first such byte, which is to be of ASCII.
#[cfg(target_os = "linux")]
pub fn cut(text: &str, at: u8) -> Option<(&str, &str)> {
    let place = text.bytes().position(|byte| byte == at)?;
    Some((&text[..place], &text[place + 1..]))
}

/// Text of which the kernel vouches for nothing but that it is bytes, and which nearly always is UTF-8.
#[cfg(target_os = "linux")]
pub fn lossy(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), std::borrow::Cow::Borrowed)
}

/// The numbers of a list such as `0-3,8`, as the kernel writes sets of CPUs; `None` where the text is no list.
pub fn list(text: &str) -> Option<Vec<i64>> {
    let mut numbers = Vec::new();
    for part in text.trim().split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        numbers.extend(int(first)?..=int(last)?);
    }
    Some(numbers)
}

/// Numbers that rise as such a list.
pub fn listed(numbers: impl IntoIterator<Item = i64>) -> String {
    let mut spans: Vec<(i64, i64)> = Vec::new();
    for number in numbers {
        match spans.last_mut() {
            Some((_, last)) if number == *last + 1 => *last = number,
            _ => spans.push((number, number)),
        }
    }
    let span = |(first, last): &(i64, i64)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    spans.iter().map(span).collect::<Vec<_>>().join(",")
}

/// The two numbers that a kernel's release begins with.
pub fn release(text: &str) -> Option<(i64, i64)> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(int);
    Some((numbers.next()??, numbers.next()??))
}
