//! The program's own facts as `build.rs` packs them: read at every start, where RON would cost
//! twenty times as much. A test holds them to the RON files.

pub mod tags;

use serde::de::value::Error;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor};

/// A packed file, as `build.rs` made it of a RON file of this folder.
macro_rules! packed {
    ($name:literal) => {
        include_str!(concat!(env!("OUT_DIR"), "/", $name))
    };
}

/// A table that `build.rs` made of a RON file of this folder.
macro_rules! table {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name))
    };
}

pub(super) use {packed, table};

/// Reads a packed value; a test holds them to their shape, so a fault here is a fault of the build.
pub(super) fn read<T: Deserialize<'static>>(name: &str, text: &'static str) -> T {
    T::deserialize(&mut Packed { text }).unwrap_or_else(|problem| panic!("src/reference/{name} is damaged: {problem}"))
}

/// What is left to read.
struct Packed<'de> {
    text: &'de str,
}

impl<'de> Packed<'de> {
    fn byte(&mut self) -> Result<u8, Error> {
        let first = *self.text.as_bytes().first().ok_or_else(|| Error::custom("it ends early"))?;
        self.text = self.text.get(1..).ok_or_else(|| Error::custom("a text stands for a number"))?;
        Ok(first)
    }

    fn size(&mut self) -> Result<u64, Error> {
        let mut size = 0;
        for shift in (0..u64::BITS).step_by(tags::BITS as usize) {
            let byte = self.byte()?;
            size |= u64::from(byte % tags::MORE) << shift;
            if byte < tags::MORE {
                break;
            }
        }
        Ok(size)
    }

    fn text(&mut self) -> Result<&'de str, Error> {
        let length = self.size()? as usize;
        let (text, rest) = self.text.split_at_checked(length).ok_or_else(|| Error::custom("it ends early"))?;
        self.text = rest;
        Ok(text)
    }
}

impl<'de> Deserializer<'de> for &mut Packed<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.byte()? {
            tags::TEXT => visitor.visit_borrowed_str(self.text()?),
            tags::NUMBER => visitor.visit_u64(self.size()?),
            tags::FALSE => visitor.visit_bool(false),
            tags::TRUE => visitor.visit_bool(true),
            tags::LIST => visitor.visit_seq(Values { left: self.size()?, packed: self }),
            tags::MAP => visitor.visit_map(Values { left: self.size()?, packed: self }),
            tag => Err(Error::custom(format_args!("no value begins with {tag}"))),
        }
    }

    /// What is absent is left out, so what is there is something.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        match self.byte()? {
            tags::TEXT => visitor.visit_enum(self.text()?.into_deserializer()),
            tag => Err(Error::custom(format_args!("no name begins with {tag}"))),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// The values of a list, or the keys and values of a map.
struct Values<'p, 'de> {
    left: u64,
    packed: &'p mut Packed<'de>,
}

impl<'de> Values<'_, 'de> {
    fn next<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(&mut *self.packed).map(Some)
    }
}

impl<'de> SeqAccess<'de> for Values<'_, 'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.next(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left as usize)
    }
}

impl<'de> MapAccess<'de> for Values<'_, 'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.next(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(&mut *self.packed)
    }
}
