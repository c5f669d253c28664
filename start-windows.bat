@echo off
rem Start maxrf4all on Windows: makes the environment on the first start. A folder of scans may be dropped on this file.
cd /d "%~dp0"
if not exist .venv\Scripts\python.exe py -3 -m venv .venv
if not exist .venv\Scripts\python.exe (
    echo Python 3.11 or newer is needed: install it from python.org, then start this again.
    pause
    exit /b 1
)
fc /b requirements.lock .venv\installed.lock >nul 2>nul
if errorlevel 1 (
    echo Installing what the app needs: once, a minute or two ...
    .venv\Scripts\python -m pip install --quiet --disable-pip-version-check -r requirements.lock
    if errorlevel 1 (
        echo The installation failed; the message is above.
        pause
        exit /b 1
    )
    copy /y requirements.lock .venv\installed.lock >nul
)
.venv\Scripts\python -m maxrf_core app %*
if errorlevel 1 pause
