//! Whether a text of a definition fits a parameter's type and limits. What
//! clients send is looked at by the data plane.

use countersign_core::mapping::{ParameterLimits, ParameterType};

/// Whether it is one of the numbers.
pub(in crate::dialect) fn is_number(kind: ParameterType) -> bool {
    !matches!(kind, ParameterType::String | ParameterType::Boolean)
}

/// Whether the text is of the type.
pub(in crate::dialect) fn is_of(kind: ParameterType, text: &str) -> bool {
    match kind {
        ParameterType::String => true,
        ParameterType::Int => text.parse::<i32>().is_ok(),
        ParameterType::Long => text.parse::<i64>().is_ok(),
        ParameterType::Float => text.parse::<f32>().is_ok_and(f32::is_finite),
        ParameterType::Double => text.parse::<f64>().is_ok_and(f64::is_finite),
        ParameterType::Boolean => {
            text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
        }
    }
}

/// Whether the text is within the limits.
pub(in crate::dialect) fn is_within(
    limits: &ParameterLimits,
    kind: ParameterType,
    text: &str,
) -> bool {
    let length = text.chars().count();
    let long_enough = limits.min_length.is_none_or(|min| length >= min as usize);
    let short_enough = limits.max_length.is_none_or(|max| length <= max as usize);
    let is_allowed = limits.allowed.is_empty() || limits.allowed.iter().any(|own| **own == *text);
    let number = is_number(kind).then(|| text.parse::<f64>().ok()).flatten();
    let is_between = number.is_none_or(|number| {
        limits.min.is_none_or(|min| number >= min) && limits.max.is_none_or(|max| number <= max)
    });
    long_enough && short_enough && is_allowed && is_between
}
