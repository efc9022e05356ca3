//! Size, mean, variance and skew of a group's values.

use super::Unmeasured;

/// What a difference of means needs to know of a group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// How many customers, at least one.
    pub customers: u64,
    /// Mean of their values.
    pub mean: f64,
    /// Sum of the squared distances from the mean.
    pub squares: f64,
    /// Sum of the cubed distances from the mean.
    pub cubes: f64,
}

impl Moments {
    /// The moments of some values, in two passes; `Ok(None)` of nothing.
    ///
    /// # Errors
    /// [`Unmeasured::NotFinite`] when a value, or a sum of their powers, isn't a finite number.
    pub fn of(values: &[f64]) -> Result<Option<Self>, Unmeasured> {
        if values.is_empty() {
            return Ok(None);
        }
        let count = values.len() as f64;
        let rough = values.iter().sum::<f64>() / count;
        // the second pass takes out what the first one rounded away
        let mean = rough + values.iter().map(|value| value - rough).sum::<f64>() / count;
        let (mut squares, mut cubes) = (0.0, 0.0);
        for value in values {
            let distance = value - mean;
            squares += distance * distance;
            cubes += distance * distance * distance;
        }
        let found = Self { customers: values.len() as u64, mean, squares, cubes };
        let finite = [mean, squares, cubes].iter().all(|moment| moment.is_finite());
        if finite { Ok(Some(found)) } else { Err(Unmeasured::NotFinite) }
    }

    /// Unbiased variance; `None` of one customer.
    #[must_use]
    pub fn variance(&self) -> Option<f64> {
        (self.customers > 1).then(|| self.squares / (self.customers - 1) as f64)
    }

    /// Squared standard error of the mean; `None` of one customer.
    #[must_use]
    pub fn squared_error(&self) -> Option<f64> {
        self.variance().map(|variance| variance / self.customers as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_a_worked_example() {
        let found = Moments::of(&[1.0, 2.0, 3.0, 10.0]).unwrap().unwrap();
        assert_eq!((found.customers, found.mean, found.squares, found.cubes), (4, 4.0, 50.0, 180.0));
        assert_eq!(found.variance(), Some(50.0 / 3.0));
        assert_eq!(Moments::of(&[7.0]).unwrap().unwrap().variance(), None);
    }

    #[test]
    fn nothing_has_no_moments_and_infinity_is_refused() {
        assert_eq!(Moments::of(&[]), Ok(None));
        for wrong in [f64::NAN, f64::INFINITY, 1e200] {
            assert_eq!(Moments::of(&[1.0, wrong]), Err(Unmeasured::NotFinite));
        }
    }

    #[test]
    fn a_large_offset_costs_no_digits() {
        let values = (0..1000).map(|at| 1e9 + f64::from(at % 2)).collect::<Vec<_>>();
        let found = Moments::of(&values).unwrap().unwrap();
        assert!((found.squares - 250.0).abs() < 1e-6, "{}", found.squares);
    }
}
