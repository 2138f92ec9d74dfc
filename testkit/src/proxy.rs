//! A TCP proxy on the loopback address that delays, counts and cuts.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// What has flowed through a [`Proxy`] so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProxyCounts {
    /// Connections that clients have made.
    pub connections: u64,
    /// How often the direction has turned from client to server to server to client: each is an answer that a client
    /// has waited for, connecting and logging in included. A connection that pipelines perfectly counts one for all
    /// that it sends before it reads.
    pub round_trips: u64,
}

/// A proxy between clients and one server. It ends with this value, and with it every connection through it.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    stopped: AtomicBool,
    refusing: AtomicBool,
    connections: AtomicU64,
    round_trips: AtomicU64,
    open: Mutex<Vec<TcpStream>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    ToServer,
    ToClient,
}

impl Proxy {
    /// Starts a proxy to the server at `target` (such as `127.0.0.1:5432`) that holds back what it is given for `delay`
    /// in each direction, so that a round trip takes twice that.
    ///
    /// # Panics
    /// No port is free, or no thread can be started.
    #[must_use]
    pub fn start(target: SocketAddr, delay: Duration) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port is free");
        let address = listener.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared::default());
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if accepting.stopped.load(Ordering::SeqCst) {
                    return;
                }
                if accepting.refusing.load(Ordering::SeqCst) {
                    continue;
                }
                // A server that cannot be reached looks to the client like one that hangs up.
                let _ = connect(&accepting, client, target, delay);
            }
        });
        Self { address, shared }
    }

    /// Starts a proxy to the server of a URL.
    ///
    /// # Panics
    /// The URL has no host and port of the form `@127.0.0.1:5432/`.
    #[must_use]
    pub fn to_url(url: &str, delay: Duration) -> Self {
        Self::start(address_of(url), delay)
    }

    /// The address to connect to instead of the server's.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A server's URL with the proxy's address in place of the server's.
    ///
    /// # Panics
    /// As [`Proxy::to_url`].
    #[must_use]
    pub fn url(&self, server: &str) -> String {
        server.replacen(&address_of(server).to_string(), &self.address.to_string(), 1)
    }

    /// What has flowed so far.
    #[must_use]
    pub fn counts(&self) -> ProxyCounts {
        ProxyCounts {
            connections: self.shared.connections.load(Ordering::SeqCst),
            round_trips: self.shared.round_trips.load(Ordering::SeqCst),
        }
    }

    /// Cuts every open connection at once, as a network that fails does; what is on its way is lost. New connections
    /// work.
    pub fn cut(&self) {
        for stream in self.shared.open.lock().expect("no thread panics with the list").drain(..) {
            // Already closed is as good as cut.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Refuses (or, with `false`, takes again) new connections, closing them without a word.
    pub fn refuse(&self, refuse: bool) {
        self.shared.refusing.store(refuse, Ordering::SeqCst);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        self.cut();
        // Wakes the thread that waits for clients.
        let _ = TcpStream::connect(self.address);
    }
}

fn connect(shared: &Arc<Shared>, client: TcpStream, target: SocketAddr, delay: Duration) -> io::Result<()> {
    let server = TcpStream::connect(target)?;
    for stream in [&client, &server] {
        stream.set_nodelay(true)?;
    }
    shared.connections.fetch_add(1, Ordering::SeqCst);
    let mut open = shared.open.lock().expect("no thread panics with the list");
    open.push(client.try_clone()?);
    open.push(server.try_clone()?);
    drop(open);
    let last = Arc::new(Mutex::new(Direction::ToClient));
    flow(shared, &last, Direction::ToServer, client.try_clone()?, server.try_clone()?, delay);
    flow(shared, &last, Direction::ToClient, server, client, delay);
    Ok(())
}

/// Reads and writes one direction on two threads, so that what follows closely is delayed by the same time, not by the
/// sum of times.
fn flow(
    shared: &Arc<Shared>,
    last: &Arc<Mutex<Direction>>,
    direction: Direction,
    from: TcpStream,
    to: TcpStream,
    delay: Duration,
) {
    let (sender, receiver) = channel();
    let (shared, last) = (Arc::clone(shared), Arc::clone(last));
    thread::spawn(move || {
        let _ = take_in(&shared, &last, direction, from, &sender);
    });
    thread::spawn(move || {
        let _ = give_out(&receiver, &to, delay);
        let _ = to.shutdown(Shutdown::Write);
    });
}

fn take_in(
    shared: &Shared,
    last: &Mutex<Direction>,
    direction: Direction,
    mut from: TcpStream,
    sender: &Sender<(Instant, Vec<u8>)>,
) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok(());
        }
        let mut last = last.lock().expect("no thread panics with the direction");
        // With the answer: a farewell, which has none, is no round trip.
        if *last == Direction::ToServer && direction == Direction::ToClient {
            shared.round_trips.fetch_add(1, Ordering::SeqCst);
        }
        *last = direction;
        drop(last);
        if sender.send((Instant::now(), buffer[..read].to_vec())).is_err() {
            return Ok(());
        }
    }
}

fn give_out(receiver: &Receiver<(Instant, Vec<u8>)>, mut to: &TcpStream, delay: Duration) -> io::Result<()> {
    for (arrived, bytes) in receiver {
        thread::sleep((arrived + delay).saturating_duration_since(Instant::now()));
        to.write_all(&bytes)?;
    }
    Ok(())
}

/// The address between `@` and `/` of a URL.
fn address_of(url: &str) -> SocketAddr {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    host.parse().unwrap_or_else(|_| panic!("{host:?} in a URL is not an address and port such as 127.0.0.1:5432"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_a_url() {
        let address = SocketAddr::from(([127, 0, 0, 1], 5433));
        for url in ["postgresql://u:p@127.0.0.1:5433/db?x=@/", "postgresql://127.0.0.1:5433", "127.0.0.1:5433"] {
            assert_eq!(address_of(url), address, "{url}");
        }
    }
}
