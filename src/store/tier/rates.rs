//! Derived columns over runs: the tree that SQL prints, worked out once where nothing changes.

use std::ops::Range;
use std::rc::Rc;

use super::super::runs::Runs;
use crate::schema::{Expr, Type};

/// The value of each row in some ranges, which rise, in double precision; unknown where an operand is or
/// a divisor is 0, and of all other rows.
pub fn over<E>(
    tree: &Expr,
    ranges: impl IntoIterator<Item = Range<usize>>,
    look: &impl Fn(&str) -> Result<Option<Rc<Runs>>, E>,
) -> Result<Runs, E> {
    let mut names = tree.columns();
    names.sort_unstable();
    names.dedup();
    let operands = names.iter().map(|name| look(name)).collect::<Result<Vec<_>, E>>()?;
    let mut values = Runs::new(Type::Float64);
    for range in ranges {
        values.push(range.start - values.rows(), None);
        let mut runs: Vec<_> =
            operands.iter().map(|o| o.as_deref().map(|o| Cursor::new(o, range.clone()))).collect();
        while values.rows() < range.end {
            let left = range.end - values.rows();
            let rows = runs.iter().flatten().map(|cursor| cursor.rows).min().unwrap_or(left).min(left);
            let value = tree.evaluate(&|name| {
                let place = names.binary_search(&name.as_str()).ok()?;
                runs[place].as_ref()?.value
            });
            values.push(rows, value.map(f64::to_bits));
            runs.iter_mut().flatten().for_each(|cursor| cursor.pass(rows));
        }
    }
    Ok(values)
}

/// Where one operand is.
struct Cursor<'a> {
    runs: Box<dyn Iterator<Item = (usize, Option<f64>)> + 'a>,
    /// So many rows have this value.
    rows: usize,
    value: Option<f64>,
}

impl<'a> Cursor<'a> {
    fn new(runs: &'a Runs, range: Range<usize>) -> Self {
        let is_float = runs.datatype == Type::Float64;
        let float = move |cell: u64| if is_float { f64::from_bits(cell) } else { cell as i64 as f64 };
        let cells = runs.within(range.start, range.end).map(move |(rows, cell)| (rows, cell.map(float)));
        let mut cursor = Cursor { runs: Box::new(cells), rows: 0, value: None };
        cursor.pass(0);
        cursor
    }

    fn pass(&mut self, rows: usize) {
        self.rows -= rows;
        if self.rows == 0 {
            // Behind its last row an operand is unknown.
            (self.rows, self.value) = self.runs.next().unwrap_or((usize::MAX, None));
        }
    }
}
