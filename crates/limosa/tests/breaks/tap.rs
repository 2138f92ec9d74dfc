//! Stands between client and server, and strikes at a chosen moment of their talk.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// Where, in the exchange of one message and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The client has sent it, the server never gets it.
    Unheard,
    /// The server gets it, the client never sees the answer.
    Unanswered,
}

/// A proxy that lets so many of the client's messages pass, and at the next one does what the test wants.
pub(crate) struct Tap {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    strike_at: u32,
    moment: Moment,
    sent: AtomicU32,
    /// Struck: nothing reaches the client any more.
    mute: AtomicBool,
    stopped: AtomicBool,
    struck: Mutex<bool>,
    open: Mutex<Vec<TcpStream>>,
}

impl Tap {
    /// Strikes at the client's message of this number, counted over all connections from 1. A message is what arrives
    /// in one piece: a flight of statements, in all but rare cases.
    pub(crate) fn start(server: &str, strike_at: u32, moment: Moment) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            strike_at,
            moment,
            sent: AtomicU32::new(0),
            mute: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            struck: Mutex::new(false),
            open: Mutex::new(Vec::new()),
        });
        let (accepting, server) = (Arc::clone(&shared), address_of(server));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if accepting.stopped.load(Ordering::SeqCst) {
                    return;
                }
                // A server that is gone hangs up.
                let _ = connect(&accepting, client, server);
            }
        });
        Self { address, shared }
    }

    /// The server's URL by way of this.
    pub(crate) fn url(&self, server: &str) -> String {
        server.replacen(&address_of(server).to_string(), &self.address.to_string(), 1)
    }

    /// Whether the moment has come.
    pub(crate) fn has_struck(&self) -> bool {
        *self.shared.struck.lock().unwrap()
    }

    /// Cuts all connections, on both sides.
    pub(crate) fn cut(&self) {
        for stream in self.shared.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        self.cut();
        // Wakes the thread that waits for clients.
        let _ = TcpStream::connect(self.address);
    }
}

fn connect(shared: &Arc<Shared>, client: TcpStream, server: SocketAddr) -> io::Result<()> {
    let server = TcpStream::connect(server)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    shared.open.lock().unwrap().extend([client.try_clone()?, server.try_clone()?]);
    let (from, mut to) = (client.try_clone()?, server.try_clone()?);
    let counting = Arc::clone(shared);
    thread::spawn(move || {
        let _ = pass_on(from, &mut to, |to, bytes| counting.to_server(to, bytes));
        // The client's end is passed on, as a killed client's is.
        let _ = to.shutdown(Shutdown::Write);
    });
    let (from, mut to, shared) = (server, client, Arc::clone(shared));
    thread::spawn(move || {
        let _ = pass_on(
            from,
            &mut to,
            |to, bytes| {
                if shared.mute.load(Ordering::SeqCst) { Ok(()) } else { to.write_all(bytes) }
            },
        );
        if !shared.mute.load(Ordering::SeqCst) {
            let _ = to.shutdown(Shutdown::Write);
        }
    });
    Ok(())
}

fn pass_on(
    mut from: TcpStream,
    to: &mut TcpStream,
    mut give: impl FnMut(&mut TcpStream, &[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(()),
            read => give(to, &buffer[..read])?,
        }
    }
}

impl Shared {
    fn to_server(&self, to: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
        let number = self.sent.fetch_add(1, Ordering::SeqCst) + 1;
        if number < self.strike_at {
            return to.write_all(bytes);
        }
        if number == self.strike_at {
            self.mute.store(true, Ordering::SeqCst);
            if self.moment == Moment::Unanswered {
                to.write_all(bytes)?;
            }
            *self.struck.lock().unwrap() = true;
        }
        // What comes after the strike is heard by nobody.
        Ok(())
    }
}

fn address_of(url: &str) -> SocketAddr {
    let authority = url.split("://").nth(1).unwrap().split('/').next().unwrap();
    authority.rsplit('@').next().unwrap().parse().unwrap()
}
