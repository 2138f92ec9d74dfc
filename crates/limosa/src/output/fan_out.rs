//! Several observers as one.

use limosa_engine::{Event, Observer};

/// Hands each event to all of its observers, in the order given. It borrows them, so that they can be asked afterwards
/// how it went.
pub(crate) struct FanOut<'a> {
    observers: Vec<&'a mut dyn Observer>,
}

impl<'a> FanOut<'a> {
    /// All of these as one.
    pub(crate) fn new(observers: Vec<&'a mut dyn Observer>) -> Self {
        Self { observers }
    }
}

impl Observer for FanOut<'_> {
    fn on(&mut self, event: &Event) {
        for observer in &mut self.observers {
            observer.on(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counter(usize);

    impl Observer for Counter {
        fn on(&mut self, _event: &Event) {
            self.0 += 1;
        }
    }

    #[test]
    fn every_observer_gets_every_event() {
        let (mut first, mut second) = (Counter(0), Counter(0));
        let mut both = FanOut::new(vec![&mut first, &mut second]);
        for _ in 0..3 {
            both.on(&Event::TargetBegun { service: "auth".into(), database: "auth".into() });
        }
        assert_eq!((first.0, second.0), (3, 3));
    }
}
