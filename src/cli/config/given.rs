//! Options that give keys: made of the declarations, so that help and file say the same.

use std::marker::PhantomData;

use clap::{Arg, ArgMatches, Command, Error, FromArgMatches};

use super::key::{Declared, Otherwise};
use super::keys::KEYS;

/// A table of keys that have options.
pub trait Table {
    const NAME: &'static str;
}

/// How a recording is made.
#[derive(Clone, Debug)]
pub struct Recording;
/// What a store may grow to.
#[derive(Clone, Debug)]
pub struct Keeping;

impl Table for Recording {
    const NAME: &'static str = "record";
}

impl Table for Keeping {
    const NAME: &'static str = "keep";
}

/// The options of a table that were given: checked, and as they were typed.
#[derive(Clone)]
pub struct Options<T>(pub Vec<Given>, PhantomData<T>);

/// A key and what was typed for it.
pub type Given = (&'static Declared, String);

fn keys<T: Table>() -> impl Iterator<Item = (&'static Declared, super::key::Flag)> {
    KEYS.iter().filter(|key| key.table == T::NAME).filter_map(|key| Some((*key, key.flag?)))
}

impl<T: Table> clap::Args for Options<T> {
    fn augment_args(command: Command) -> Command {
        keys::<T>().fold(command, |command, (key, flag)| {
            let (Otherwise::Is(default) | Otherwise::Says(default, _)) = key.default;
            let checked = move |text: &str| (key.check)(text).map(|()| text.to_string());
            let option = Arg::new(key.name)
                .long(flag.long)
                .value_name(flag.value_name)
                .help(format!("{} [default: {default}]", key.about))
                .value_parser(checked);
            command.arg(match flag.short {
                Some(short) => option.short(short),
                None => option,
            })
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<T: Table> FromArgMatches for Options<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let typed = |key: &'static Declared| Some((key, matches.get_one::<String>(key.name)?.clone()));
        Ok(Options(keys::<T>().filter_map(|(key, _)| typed(key)).collect(), PhantomData))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
